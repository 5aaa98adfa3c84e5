// SPDX-License-Identifier: Apache-2.0

/// How much one plugin may ask of its worker; docs/plugins-reference.md has the same table.
package enum PluginLimits {
    /// Calls that wait for a plugin's answer.
    ///
    /// A plugin that lets more wait is stuck: those are answered as if their deadline had passed.
    package static let maximumPendingCalls = 16_384
    /// Requests of `run_on_loop` that wait; each turn of the loop carries all of them out.
    package static let maximumLoopRequests = 4_096
    /// Answers from other threads that wait: one for each call that can be pending.
    package static let maximumWaitingAnswers = 16_384
    /// Jobs of `run_off_loop` that wait or run.
    package static let maximumJobs = 1_024
    /// Threads that carry out one plugin's jobs, so that one that blocks holds up only its own.
    package static let threadsPerPlugin = 4
    package static let maximumTimers = 1_024
    /// `call`s that wait for the node's answer.
    package static let maximumNodeCalls = 4_096
    /// Milliseconds of a timer: a day.
    package static let timerRange: ClosedRange<UInt64> = 1...86_400_000
    package static let logLinesPerSecond = 100
    /// UTF-8 bytes of a log line's message; what is longer is cut.
    package static let maximumLogMessageByteCount = 4_096
    /// Fields of a log line; more are left out.
    package static let maximumLogFields = 32
    /// UTF-8 bytes of a rejection's message, as clients get it; what is longer is cut.
    package static let maximumRejectionByteCount = 255
    /// Bytes of what replaces, as JSON text, of an HTTP body, and of what is sent, each.
    package static let maximumAnswerByteCount = 1 << 20
    /// Header fields of an HTTP response, and bytes of a name and its value.
    package static let maximumHeaderFields = 64
    package static let maximumHeaderByteCount = 8_192
    /// The plugin's own counters and gauges.
    package static let maximumNumbers = 32
    package static let maximumNumberNameByteCount = 40
    package static let maximumMethodByteCount = 64
    package static let maximumChannelByteCount = 255
    package static let maximumDisconnectReasonByteCount = 32

    // Of a library.
    package static let maximumNameByteCount = 32
    package static let maximumVersionByteCount = 64
    package static let maximumSummaryByteCount = 255
    package static let maximumSchemaByteCount = 256 << 10
    /// For the text that `create` and `self_test` fail with, NUL included.
    package static let errorByteCount = 1_024
}
