// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin

extension Host {
    /// Runs what blocks or computes for long on a thread of Tally's own, and comes back with its result.
    ///
    /// - Throws: ``HostError`` when 1,024 of this plugin wait, or the instance has ended; else what
    ///   `work` throws.
    @Loop
    public func offLoop<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let job = unsafe Unmanaged.passRetained(
                PoolJob { () -> @Sendable () -> Void in
                    let result = Result { try work() }
                    return { continuation.resume(with: result) }
                }
            )
            let status = unsafe core.onLoop { host in
                unsafe host.pointee.run_off_loop(
                    host,
                    PoolJob.work,
                    PoolJob.done,
                    job.toOpaque()
                )
            }
            if let error = HostError(status: status) {
                unsafe job.release()
                continuation.resume(throwing: error)
            }
        }
    }
}

/// Work for Tally's pool.
private final class PoolJob {
    private let body: @Sendable () -> @Sendable () -> Void
    /// Written by the pool's thread before the loop's reads it: the host orders the two.
    private var finish: (@Sendable () -> Void)?

    init(_ body: @escaping @Sendable () -> @Sendable () -> Void) {
        self.body = body
    }

    static let work: @convention(c) (UnsafeMutableRawPointer?) -> Void = { argument in
        guard let argument = unsafe argument else { return }
        // `done` comes after this and takes the reference.
        let job = unsafe Unmanaged<PoolJob>.fromOpaque(argument).takeUnretainedValue()
        job.finish = job.body()
    }

    static let done: @convention(c) (UnsafeMutableRawPointer?) -> Void = { argument in
        guard let argument = unsafe argument else { return }
        unsafe Unmanaged<PoolJob>.fromOpaque(argument).takeRetainedValue().finish?()
    }
}
