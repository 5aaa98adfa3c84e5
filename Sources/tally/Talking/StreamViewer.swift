// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import JSON
import Reactor

/// Follows a stream's channel and writes down what happens.
final class StreamViewer {
    enum Form {
        case json
        case text
    }

    /// Why it cannot go on.
    private(set) var failure: CommandFailure?

    private let client: Client
    private let url: ServerURL
    private let channel: String
    private let historyCount: Int
    private let form: Form
    private var hasStarted = false
    /// What came while the history was on its way; nil once it is there.
    private var held: [Publication]? = []
    private var isReconnecting = false

    init(client: Client, url: ServerURL, stream: String, historyCount: Int, prints form: Form) {
        self.client = client
        self.url = url
        channel = "live:" + stream
        self.historyCount = historyCount
        self.form = form
        client.onEvent = { [unowned self] in handle($0) }
    }

    func start() {
        client.start()
        var request = ClientCommand.Subscribe(channel: channel)
        request.isPositioned = true
        request.isRecoverable = true
        client.subscribe(request)
    }

    func stop() {
        client.stop()
    }

    private func handle(_ event: ClientEvent) {
        switch event {
        case .connected: connected()
        case .disconnected(let disconnection): disconnected(disconnection)
        case .subscribed(channel, let result): subscribed(result)
        case .publication(channel, let publication):
            if held != nil { held?.append(publication) } else { show(publication) }
        case .unsubscribed(_, .refused(let error)): failure = FailureWords.failure(of: error)
        case .unsubscribed(_, .byServer(_, let reason)):
            failure = CommandFailure(
                .refused,
                "the server ended the subscription: \(Console.harmless(reason))"
            )
        default: break
        }
    }

    private func connected() {
        guard isReconnecting else { return }
        isReconnecting = false
        switch form {
        case .json: Console.print(#"{"event":"connected"}"#)
        case .text: Console.complain("-- back again")
        }
    }

    private func disconnected(_ disconnection: Disconnection) {
        // A server that was never reached is a mistake of the command, not a trouble to sit out.
        guard let wait = disconnection.reconnectsAfter, hasStarted else {
            if disconnection.cause != .stopped {
                failure = FailureWords.failure(of: disconnection.cause, at: url)
                client.stop()
            }
            return
        }
        isReconnecting = true
        let milliseconds = wait.milliseconds
        switch form {
        case .json:
            Console.print(#"{"event":"disconnected","reconnects_after_ms":\#(milliseconds)}"#)
        case .text:
            Console.complain("-- connection lost, back in \(Double(milliseconds / 100) / 10) s")
        }
    }

    private func subscribed(_ result: SubscribeResult) {
        let isFirst = !hasStarted
        hasStarted = true
        if let snapshot = result.data {
            switch form {
            case .json: printJSON("snapshot", offset: nil, snapshot)
            case .text where isFirst:
                for line in SnapshotText.lines(snapshot, now: WallClock.now()) {
                    Console.print(line)
                }
            case .text: break
            }
        }
        if !isFirst, result.wasRecovering, !result.recovered, form == .text {
            Console.complain("-- some events were missed")
        }
        if isFirst { askForHistory(until: result.position?.offset ?? 0) }
    }

    private func askForHistory(until offset: UInt64) {
        guard historyCount > 0, offset > 0 else { return release([]) }
        client.request(.history(channel: channel, limit: historyCount, reverse: true)) {
            [weak self] result in
            // Without the permission there is no history: what comes from now on is shown.
            let found = (try? result.get())?["publications"]?.elements ?? []
            self?.release(found.map(Publication.init).filter { $0.offset <= offset }.reversed())
        }
    }

    private func release(_ earlier: [Publication]) {
        let waiting = held ?? []
        held = nil
        for publication in earlier + waiting { show(publication) }
    }

    private func show(_ publication: Publication) {
        switch form {
        case .json: printJSON("publication", offset: publication.offset, publication.data)
        case .text:
            if let line = EventText.line(publication.data) { Console.print(line) }
        }
    }

    private func printJSON(_ event: String, offset: UInt64?, _ data: JSONValue) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("event", event)
        if let offset {
            writer.key("offset")
            writer.integer(offset)
        }
        writer.key("data")
        writer.value(data)
        writer.endObject()
        Console.print(String(decoding: writer.bytes, as: UTF8.self))
    }
}
