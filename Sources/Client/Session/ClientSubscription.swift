// SPDX-License-Identifier: Apache-2.0

package import Channels
import JSON

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
    /// Offsets among which the server said that it left some out.
    private var skipped: Range<UInt64> = 0..<0
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
        note(publication)
        guard publication.offset > 0, let last = position else { return true }
        guard publication.offset > last.offset else {
            duplicateCount += 1
            return false
        }
        if publication.offset > last.offset + 1,
            !skipped.contains(last.offset + 1) || !skipped.contains(publication.offset - 1)
        {
            gapCount += 1
        }
        position = Position(epoch: last.epoch, offset: publication.offset)
        return true
    }

    /// Takes up which offsets the server says it leaves out.
    private mutating func note(_ publication: Publication) {
        guard publication.offset == 0, publication.data["type"]?.string == "skipped",
            let from = publication.data["from"]?.integer.flatMap(UInt64.init(exactly:)),
            let to = publication.data["to"]?.integer.flatMap(UInt64.init(exactly:)), from <= to
        else { return }
        // What was left out last, and not followed yet, may end where this begins.
        let isContinued = (position?.offset ?? 0) < skipped.upperBound
        skipped = (isContinued ? min(skipped.lowerBound, from) : from)..<(to + 1)
    }
}
