// SPDX-License-Identifier: Apache-2.0

import Reactor

/// What a channel has to say to its members, and when.
///
/// Apart from the audience, since most channels of a worker may be one user's own and silent.
final class Outbox {
    enum State {
        /// Nothing waits.
        case idle
        /// The batch waits for more, until the timer.
        case held(TimerID)
        /// The batch leaves at the end of this turn.
        case due
        /// A batch is being sent in slices; another may be open behind it.
        case walking
    }

    var state = State.idle
    var batch = PushBatch()
    var window = FlushWindow()
    /// The batch that is being sent.
    var frame: FanOutFrame?
    /// What sending it has taken so far.
    var work = Duration.zero
    /// Whether the batch holds what must not wait.
    var isUrgent = false
    /// Comments that members may still be shown; nil where all are.
    var budget: CommandBudget?
}
