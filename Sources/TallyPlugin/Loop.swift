// SPDX-License-Identifier: Apache-2.0

/// The one thread of a worker, on which everything is that concerns its clients.
///
/// As `@MainActor` is of an app's main thread, so is `@Loop` of a worker's: what is marked with it runs
/// there and nowhere else, and from elsewhere it is awaited. What tally_plugin.h marks `[loop]` is
/// marked with it here, so the compiler refuses what the host would.
@globalActor
public actor Loop {
    /// The loop of this process.
    public static let shared = Loop()

    private init() {}

    /// Runs on the loop of the host.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe LoopExecutor.shared.asUnownedSerialExecutor()
    }

    /// Runs what must be on the loop, from code that is there already, such as a C callback.
    ///
    /// Ends the process on another thread.
    public nonisolated static func assumeIsolated<Result: Sendable, Failure: Error>(
        _ body: @Loop () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        shared.preconditionIsolated("not on the loop")
        typealias Plain = () throws(Failure) -> Result
        // The types differ in isolation alone, which was just checked; the closure does not escape.
        return try withoutActuallyEscaping(body) { body throws(Failure) in
            try unsafe unsafeBitCast(body, to: Plain.self)()
        }
    }
}
