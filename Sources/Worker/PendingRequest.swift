// SPDX-License-Identifier: Apache-2.0

import Channels
import HubLink

/// A request that waits for the hub's answer.
struct PendingRequest {
    /// What the answer is for.
    enum Purpose: Hashable {
        /// `data`: of the subscription's part of the reply, where plugins wanted another.
        case connectSubscribe(channel: String, reservation: UInt32, data: [UInt8]? = nil)
        case subscribe(Subscribing)
        case unsubscribe
        case publish
        case history
        case presence
        case presenceStats
        case rpc
    }

    /// A subscription that a client asked for.
    struct Subscribing: Hashable {
        let channel: String
        let reservation: UInt32
        /// Whether to refuse with 112 rather than subscribe with a gap.
        let rejectsUnrecovered: Bool
        /// The client's position; nil when it does not recover.
        let recover: Position?
        /// Whether what it missed comes from what this worker keeps, not with the hub's answer.
        var recoversHere = false
        /// The reply's `data` as JSON text, where plugins wanted another.
        var data: [UInt8]?
    }

    let session: Session
    let commandID: UInt32
    let purpose: Purpose
    let request: HubRequest
    /// Worker milliseconds after which the client gets error 410.
    let deadline: UInt64
    /// The client was told 410; an answer that comes after all must be undone, not delivered.
    var isAbandoned = false
}

/// The requests of all sessions, in the order in which they were made.
struct PendingRequests {
    var requests: [UInt64: PendingRequest] = [:]
    var nextID: UInt64 = 1
    /// The oldest id that may not have been abandoned or answered.
    var oldestID: UInt64 = 1

    var count: Int { requests.count }

    mutating func add(_ request: PendingRequest) -> RequestID {
        defer { nextID += 1 }
        requests[nextID] = request
        return RequestID(rawValue: nextID)
    }

    /// An id for a request that is kept elsewhere.
    mutating func takeID() -> RequestID {
        defer { nextID += 1 }
        return RequestID(rawValue: nextID)
    }

    mutating func remove(_ id: RequestID) -> PendingRequest? {
        requests.removeValue(forKey: id.rawValue)
    }

    /// Marks the requests whose time is over.
    ///
    /// All have the same patience, so they end in the order in which they were made.
    mutating func abandon(now: UInt64) -> [PendingRequest] {
        var abandoned: [PendingRequest] = []
        while oldestID < nextID {
            if let request = requests[oldestID], !request.isAbandoned {
                guard request.deadline <= now else { break }
                requests[oldestID]?.isAbandoned = true
                abandoned.append(request)
            }
            oldestID += 1
        }
        return abandoned
    }

    /// What a new link has to carry again; requests that nobody waits for any more are forgotten.
    mutating func unanswered() -> [(RequestID, PendingRequest)] {
        requests = requests.filter { !$0.value.isAbandoned && !$0.value.session.isClosed }
        return requests.sorted { $0.key < $1.key }.map { (RequestID(rawValue: $0.key), $0.value) }
    }
}
