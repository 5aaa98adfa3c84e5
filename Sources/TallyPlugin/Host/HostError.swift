// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin

/// Why the host did not do what it was asked.
public enum HostError: Error, Hashable, Sendable {
    /// A text that is no UTF-8, a number out of range, JSON that cannot be written.
    case badArgument
    /// No such session, subscription or timer, or no more.
    case notFound
    /// A limit of docs/plugins.md is reached.
    case limit
    /// The instance has ended.
    case closed
    /// Not on the loop, which the compiler should have refused.
    case wrongThread
    /// What the node answered: a code of docs/protocol.md, with its text.
    case refused(code: Int32, message: String)

    /// Makes nothing of `TALLY_OK`, and `closed` of no status, when there is no host any more.
    init?(status: tally_status?) {
        switch status.map(Int.init) {
        case TALLY_OK: return nil
        case TALLY_BAD_ARGUMENT: self = .badArgument
        case TALLY_NOT_FOUND: self = .notFound
        case TALLY_LIMIT: self = .limit
        case TALLY_WRONG_THREAD: self = .wrongThread
        default: self = .closed
        }
    }
}
