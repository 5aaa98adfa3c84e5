// SPDX-License-Identifier: Apache-2.0

internal import CJansson
internal import CTallyPlugin

extension Host {
    /// Asks the node for something in the plugin's name, with every right.
    ///
    /// The methods are listed in tally_plugin.h: `live.start`, `comment.send`, `user.ban`,
    /// `channel.publish` and so on. It is answered when it is journaled.
    @Loop
    @discardableResult
    public func call(
        _ method: String,
        _ parameters: JSON = [:]
    ) async throws(HostError) -> JSON {
        let result: Result<JSON, HostError> = await withCheckedContinuation { continuation in
            let waiting = unsafe Unmanaged.passRetained(Waiting(continuation))
            let status = unsafe parameters.withValue { parameters in
                unsafe core.onLoop { host in
                    unsafe host.pointee.call(
                        host,
                        method,
                        parameters,
                        Waiting.done,
                        waiting.toOpaque()
                    )
                }
            }
            // An accepted call is answered once, and that takes the reference; a refused one never is.
            if let error = HostError(status: status) {
                unsafe waiting.release()
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }
}

/// A caller that waits for `tally_done`.
private final class Waiting {
    private let continuation: CheckedContinuation<Result<JSON, HostError>, Never>

    init(_ continuation: CheckedContinuation<Result<JSON, HostError>, Never>) {
        self.continuation = continuation
    }

    static let done: tally_done = { context, error, message, result in
        guard let context = unsafe context else { return }
        let waiting = unsafe Unmanaged<Waiting>.fromOpaque(context).takeRetainedValue()
        if error == 0 {
            unsafe waiting.continuation.resume(
                returning: .success(JSON(borrowing: result) ?? [:])
            )
        } else {
            let message = unsafe message.map { unsafe String(cString: $0) } ?? ""
            waiting.continuation.resume(
                returning: .failure(.refused(code: error, message: message))
            )
        }
    }
}
