// SPDX-License-Identifier: Apache-2.0

package import Channels
package import JSON

/// The answer to `subscribe`, also found under `subs` in the answer to `connect`.
package struct SubscribeResult {
    /// Where the channel stood; nil when the subscription is not positioned.
    package let position: Position?
    package let isRecoverable: Bool
    package let wasRecovering: Bool
    package let recovered: Bool
    /// What was missed, oldest first.
    package let publications: [Publication]
    package let data: JSONValue?

    package init(_ object: JSONValue) {
        isRecoverable = object["recoverable"]?.bool ?? false
        wasRecovering = object["was_recovering"]?.bool ?? false
        recovered = object["recovered"]?.bool ?? false
        publications = (object["publications"]?.elements ?? []).map(Publication.init)
        data = object["data"]
        let isPositioned = object["positioned"]?.bool ?? false
        let offset = object["offset"]?.integer.flatMap { UInt64(exactly: $0) } ?? 0
        position =
            isPositioned || isRecoverable
            ? Position(epoch: object["epoch"]?.string ?? "", offset: offset) : nil
    }
}
