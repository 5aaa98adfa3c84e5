// SPDX-License-Identifier: Apache-2.0

package import Channels

/// One subscription of a client, over all its connections.
package struct ClientSubscription {
    package enum State: Hashable, Sendable {
        /// For a connection, or for the next attempt.
        case waiting
        case subscribing
        case subscribed
    }

    package internal(set) var state: State = .waiting
    /// The last publication seen; nil when the subscription is not positioned.
    package private(set) var position: Position?
    /// Publications that came again, and were dropped.
    package private(set) var duplicateCount = 0
    /// Publications that were skipped without the server saying so: a fault of the server's.
    package private(set) var gapCount = 0
    var backOff = BackOff(minimum: .milliseconds(500), maximum: .seconds(20))

    private let request: ClientCommand.Subscribe

    init(_ request: ClientCommand.Subscribe) {
        self.request = request
        position = request.recover
    }

    /// What to ask with: where it stood, when it stood anywhere.
    var nextRequest: ClientCommand.Subscribe {
        var request = request
        request.recover = position
        return request
    }

    /// Takes the server's answer.
    ///
    /// - Returns: what was missed and is new.
    mutating func subscribed(_ result: SubscribeResult) -> [Publication] {
        state = .subscribed
        backOff.reset()
        let isContinued = result.recovered && result.position?.epoch == position?.epoch
        // What the answer covers is judged before the answer's own position is taken.
        if !isContinued {
            position = result.position.map { Position(epoch: $0.epoch, offset: 0) }
        }
        let missed =
            isContinued ? result.publications.filter { admits($0) } : result.publications
        position = result.position
        return missed
    }

    /// Moves on to a publication, unless it was seen before.
    mutating func admits(_ publication: Publication) -> Bool {
        guard publication.offset > 0, let last = position else { return true }
        guard publication.offset > last.offset else {
            duplicateCount += 1
            return false
        }
        if publication.offset > last.offset + 1 { gapCount += 1 }
        position = Position(epoch: last.epoch, offset: publication.offset)
        return true
    }
}
