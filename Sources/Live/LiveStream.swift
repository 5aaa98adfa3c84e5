// SPDX-License-Identifier: Apache-2.0

package import Channels

/// A stream as it is recorded: everything of it that outlives the hub's process, save its channel's
/// log, its mutes and its audience.
package struct LiveStream: Hashable, Sendable {
    package let id: String
    package var lifecycle = StreamLifecycle()
    package var title = ""
    /// The broadcaster's own JSON object, as compact text.
    package var meta: [UInt8] = Array("{}".utf8)
    package var startedAt: Timestamp?
    /// nil while it runs.
    package var endedAt: Timestamp?
    /// Least seconds between two comments of one user; 0 is off.
    ///
    /// Outlives the generation, as mutes do.
    package var slowSeconds: Int64 = 0
    /// Comments of this generation so far, deleted ones included.
    package var commentCount: UInt64 = 0
    /// The last generation's figures, once it has ended.
    package var finalUniqueViewers = 0
    package var finalPeakViewers = 0

    package init(id: String) {
        self.id = id
    }

    package var state: StreamState { lifecycle.state }
    package var generation: UInt64 { lifecycle.generation }
    package var isRunning: Bool { lifecycle.isRunning }
}
