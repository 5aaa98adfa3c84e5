// SPDX-License-Identifier: Apache-2.0

import HubLink

/// What this worker has delivered of publications that nobody records, so that one that is asked
/// for again after a hub's death is not seen twice.
///
/// Every worker numbers its requests in rising order, asks again in that order, and the hub answers
/// in it. So one number for each worker tells all: what is not above it was there before.
struct DeliveredOrigins {
    /// Workers that are remembered: all of the largest node, twice, for a worker that starts anew has
    /// another name.
    static let maximumCount = 1_024

    private var newest: [UInt64: UInt64] = [:]
    /// The names in the order in which they were first heard.
    private var names: [UInt64] = []

    /// Notes a publication's origin; answers whether it is new.
    mutating func note(_ origin: HubMessage.Origin) -> Bool {
        if let known = newest[origin.incarnation] {
            guard origin.request.rawValue > known else { return false }
        } else {
            if names.count == Self.maximumCount { newest[names.removeFirst()] = nil }
            names.append(origin.incarnation)
        }
        newest[origin.incarnation] = origin.request.rawValue
        return true
    }
}
