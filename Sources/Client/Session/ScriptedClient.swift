// SPDX-License-Identifier: Apache-2.0

package import JSON
package import Reactor

/// A client that is driven step by step: do something, then run the loop until it happened.
///
/// For one-shot commands and for tests; several of them share a loop. Every wait has a deadline.
package final class ScriptedClient {
    package let client: Client
    /// Everything that was reported, oldest first.
    package private(set) var events: [ClientEvent] = []
    private let loop: EventLoop

    /// Why a step did not happen.
    package enum StepError: Error, CustomStringConvertible {
        case timedOut(waitingFor: String)
        case disconnected(Disconnection)
        case refused(RequestFailure)
        case loop(SystemError)

        package var description: String {
            switch self {
            case .timedOut(let what): "timed out waiting for \(what)"
            case .disconnected(let disconnection): "disconnected: \(disconnection.cause)"
            case .refused(let failure): "refused: \(failure)"
            case .loop(let error): error.description
            }
        }
    }

    package init(
        loop: EventLoop,
        url: ServerURL,
        options: ClientOptions = ClientOptions(),
        buffer: ReceiveBuffer = ReceiveBuffer()
    ) {
        self.loop = loop
        client = Client(loop: loop, url: url, options: options, buffer: buffer)
        client.onEvent = { [unowned self] in events.append($0) }
    }

    /// Connects.
    ///
    /// - Returns: the server's answer to `connect`.
    /// - Throws: `disconnected` when the first attempt fails, whatever comes after it.
    @discardableResult
    package func open(within limit: Duration) throws(StepError) -> JSONValue {
        let start = events.count
        client.start()
        return try wait(for: "the connection", within: limit) { () throws(StepError) in
            for event in events[start...] {
                if case .connected(let reply) = event { return reply }
                if case .disconnected(let disconnection) = event {
                    throw .disconnected(disconnection)
                }
            }
            return nil
        }
    }

    /// Asks, and waits for the answer.
    @discardableResult
    package func call(
        _ command: ClientCommand,
        within limit: Duration
    ) throws(StepError) -> JSONValue {
        var answer: Result<JSONValue, RequestFailure>?
        client.request(command) { answer = $0 }
        return try wait(for: "the answer", within: limit) { () throws(StepError) in
            switch answer {
            case .success(let result): return result
            case .failure(let failure): throw .refused(failure)
            case nil: return nil
            }
        }
    }

    /// Subscribes, and waits until it is.
    @discardableResult
    package func subscribe(
        _ request: ClientCommand.Subscribe,
        within limit: Duration
    ) throws(StepError) -> SubscribeResult {
        client.subscribe(request)
        return try waitForEvent("the subscription", within: limit) { event in
            if case .subscribed(request.channel, let result) = event { return result }
            return nil
        }
    }

    /// Waits for an event that came or comes after the first `skipped` ones.
    package func waitForEvent<Found>(
        _ description: String,
        after skipped: Int = 0,
        within limit: Duration,
        matching match: (ClientEvent) -> Found?
    ) throws(StepError) -> Found {
        var next = min(skipped, events.count)
        return try wait(for: description, within: limit) {
            while next < events.count {
                defer { next += 1 }
                if let found = match(events[next]) { return found }
            }
            return nil
        }
    }

    /// Runs the loop until something holds.
    package func waitUntil(
        _ description: String,
        within limit: Duration,
        _ holds: () -> Bool
    ) throws(StepError) {
        _ = try wait(for: description, within: limit) { holds() ? true : nil }
    }

    /// Runs the loop until there is a result.
    package func wait<Found>(
        for description: String,
        within limit: Duration,
        until find: () throws(StepError) -> Found?
    ) throws(StepError) -> Found {
        let deadline = MonotonicTime.now() + limit
        while true {
            if let found = try find() { return found }
            let left = deadline - .now()
            guard left > .zero else { throw .timedOut(waitingFor: description) }
            do throws(SystemError) {
                try loop.runOnce(maximumWait: left)
            } catch {
                throw .loop(error)
            }
        }
    }

    /// What was published on a channel, as far as this client has seen.
    package func publications(on channel: String) -> [Publication] {
        events.compactMap { event in
            if case .publication(channel, let publication) = event { publication } else { nil }
        }
    }
}
