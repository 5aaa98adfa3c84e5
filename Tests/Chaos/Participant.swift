// SPDX-License-Identifier: Apache-2.0

import ChaosChecker
import Client
import ClientProtocol
import JSON
import Reactor

/// A client of the run: everything that the server tells it is recorded as it came.
final class Participant {
    let name: String
    let client: Client
    private let recorder: Recorder
    private(set) var isConnected = false
    private(set) var wanted: Set<String> = []
    private(set) var subscribed: Set<String> = []
    /// Called when the client is let in, again and again.
    var onConnected: (() -> Void)?
    private var connectedAt = Duration.zero
    private var isLeaving = false
    private var isBreaking = false

    init(_ name: String, token: String = "", in theatre: Theatre) {
        self.name = name
        recorder = theatre.recorder
        var options = ClientOptions()
        options.token = { token }
        options.name = name
        options.backOff = BackOff(minimum: .milliseconds(50), maximum: .milliseconds(500))
        client = Client(
            loop: theatre.loop,
            url: theatre.url,
            options: options,
            buffer: theatre.buffer
        )
        client.onText = { [unowned self] in take($0) }
        client.onEvent = { [unowned self] in take($0) }
        client.start()
    }

    /// Whether it is where it wants to be.
    var isSettled: Bool { isConnected && subscribed == wanted }

    func subscribe(_ channel: String) {
        wanted.insert(channel)
        client.subscribe(ClientCommand.Subscribe(channel: channel))
    }

    /// Loses its connection, and comes back.
    func breakConnection() {
        isBreaking = true
        client.breakConnection()
        isBreaking = false
    }

    func leave() {
        isLeaving = true
        client.stop()
    }

    /// Asks and records both sides of it; the answer may come much later.
    func ask(
        _ ask: HistoryEvent.Ask,
        _ method: String,
        _ data: [UInt8],
        completion: @escaping (HistoryEvent.Answer) -> Void
    ) {
        let request = recorder.recordAsk(name, ask)
        client.request(.rpc(method: method, data: data)) { [recorder, name] result in
            let answer = Self.answer(result, to: ask)
            recorder.recordAnswer(name, request, answer)
            completion(answer)
        }
    }

    /// Publishes once on a feed, and records both sides of it.
    func publish(_ text: String, on channel: String, completion: @escaping () -> Void) {
        let ask = HistoryEvent.Ask.publish(channel: channel, text: text)
        let request = recorder.recordAsk(name, ask)
        let data = rpcData(["text": text])
        client.request(.publish(channel: channel, data: data)) { [recorder, name] result in
            recorder.recordAnswer(name, request, Self.answer(result, to: ask))
            completion()
        }
    }

    private static func answer(
        _ result: Result<JSONValue, RequestFailure>,
        to ask: HistoryEvent.Ask
    ) -> HistoryEvent.Answer {
        switch result {
        case .success(let reply):
            let data = reply["data"] ?? reply
            switch ask {
            case .comment:
                return .comment(
                    id: data["id"]?.string ?? "",
                    epoch: data["epoch"]?.string ?? "",
                    offset: data["offset"]?.integer.flatMap { UInt64(exactly: $0) } ?? 0
                )
            case .start, .stop: return .generation(data["generation"]?.integer ?? 0)
            default: return .done
            }
        case .failure(.refused(let error)):
            // These two say that nobody knows what came of it.
            let isOpen =
                error.code == ErrorCode.hubUnavailable.rawValue
                || error.code == ErrorCode.internal.rawValue
            return isOpen ? .lost : .refused(code: error.code)
        case .failure:
            return .lost
        }
    }

    // MARK: What the server says

    private func take(_ text: [UInt8]) {
        for line in text.split(separator: UInt8(ascii: "\n")) {
            guard let value = try? JSONValue.parse(Array(line), limits: ServerMessage.limits)
            else { continue }  // The client ends such a connection, which is recorded.
            if let push = value["push"] {
                guard let publication = push["pub"] else { continue }
                take(publication, on: push["channel"]?.string ?? "")
            } else if let reply = value["subscribe"] {
                takeSubscription(reply)
            }
        }
    }

    private func take(_ publication: JSONValue, on channel: String) {
        if let entry = recorder.entry(publication) {
            recorder.record(name, .delivered(channel: channel, entry))
        } else if channel == Theatre.plainFeed, let text = publication["data"]?["text"]?.string {
            recorder.record(name, .told(channel: channel, text: text))
        }
    }

    private func takeSubscription(_ reply: JSONValue) {
        // The answer has no channel, but its snapshot says which stream it is, and of the two feeds
        // one alone has a history.
        let channel: String
        if let stream = reply["data"]?["stream"]?.string {
            channel = "live:" + stream
        } else if reply["recoverable"]?.bool == true {
            channel = Theatre.loggedFeed
        } else {
            subscribed.insert(Theatre.plainFeed)
            return
        }
        let wasRecovering = reply["was_recovering"]?.bool ?? false
        recorder.record(
            name,
            .subscribed(
                HistoryEvent.Subscribed(
                    channel: channel,
                    epoch: reply["epoch"]?.string ?? "",
                    offset: reply["offset"]?.integer.flatMap { UInt64(exactly: $0) } ?? 0,
                    recovered: wasRecovering ? reply["recovered"]?.bool ?? false : nil,
                    missed: (reply["publications"]?.elements ?? []).compactMap(recorder.entry),
                    generation: reply["data"]?["generation"]?.integer ?? 0,
                    askedAt: connectedAt
                )
            )
        )
        subscribed.insert(channel)
    }

    private func take(_ event: ClientEvent) {
        switch event {
        case .connected(let reply):
            isConnected = true
            connectedAt = recorder.now
            // A node's name ends with the worker's index.
            let index = reply["node"]?.string?.split(separator: "-").last.flatMap { Int($0) }
            recorder.record(name, .connected(worker: index ?? -1))
            onConnected?()
        case .disconnected(let disconnection):
            let isOwn = isLeaving || isBreaking || !isConnected
            isConnected = false
            subscribed = []
            let reason = "\(disconnection.cause)"
            recorder.record(name, .disconnected(reason: reason, isOwn: isOwn))
            if disconnection.reconnectsAfter == nil, !isLeaving {
                recorder.record(name, .sentAway(reason: reason))
            }
        case .unsubscribed(let channel, let cause):
            subscribed.remove(channel)
            recorder.record(name, .sentAway(reason: "off \(channel): \(cause)"))
        default:
            break
        }
    }
}
