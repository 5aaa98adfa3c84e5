// SPDX-License-Identifier: Apache-2.0

package import Channels

/// What `subscribe` answers, and what a server-side subscription says.
package struct SubscribeResult: Hashable, Sendable {
    /// Seconds until the subscription token expires; nil when it never does.
    package var timeToLive: Int64?
    package var isRecoverable: Bool
    package var isPositioned: Bool
    /// Where the channel stands now.
    package var position: Position
    /// Whether everything missed is in `publications`; nil when the client did not recover.
    package var recovered: Bool?
    /// What was missed: each a Publication as JSON text, in order.
    package var publications: [[UInt8]]
    /// JSON text; empty when there is none.
    package var data: [UInt8]

    package init(
        isRecoverable: Bool,
        isPositioned: Bool,
        position: Position,
        recovered: Bool? = nil,
        publications: [[UInt8]] = [],
        data: [UInt8] = [],
        timeToLive: Int64? = nil
    ) {
        self.isRecoverable = isRecoverable
        self.isPositioned = isPositioned
        self.position = position
        self.recovered = recovered
        self.publications = publications
        self.data = data
        self.timeToLive = timeToLive
    }
}
