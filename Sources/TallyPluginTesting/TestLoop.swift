// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The thread that is the loop for every test host of the process.
final class TestLoop: @unchecked Sendable {
    // `@unchecked`: the queue is touched under the condition's lock alone.
    static let shared = TestLoop()

    private let condition = NSCondition()
    private var queue: [() -> Void] = []

    private init() {
        Thread.detachNewThread { [self] in
            while true { next()() }
        }
    }

    private func next() -> () -> Void {
        condition.withLock {
            while queue.isEmpty { condition.wait() }
            return queue.removeFirst()
        }
    }

    /// Runs something on the loop, after all that waits there.
    func post(_ work: @escaping @Sendable () -> Void) {
        condition.withLock {
            queue.append(work)
            condition.signal()
        }
    }

    /// Runs something on the loop and waits for it.
    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            post { continuation.resume(returning: work()) }
        }
    }
}
