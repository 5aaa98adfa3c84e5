// SPDX-License-Identifier: Apache-2.0

import Channels
import Hub
import HubLink
import Logging
import Manifest
import Reactor
import Testing

@Suite struct HubServerTests {
    @Test func answersAWorkerAndTellsTheOthers() throws {
        let hub = try RunningHub()
        let one = try hub.connect(worker: 0)
        let other = try hub.connect(worker: 1)
        for (index, worker) in [one, other].enumerated() {
            let info = ClientInfo(
                user: "u\(index)",
                client: ClientID(high: UInt64(index), low: 1),
                connectionInfo: []
            )
            let identity = SessionIdentity(info: info, name: "", controlledStreams: [])
            try worker.send(.attach(SessionID(rawValue: 1), identity))
            let subscribe = HubRequest.Subscribe(
                channel: "plain:1",
                recover: nil,
                wantsPosition: false,
                wantsRecovery: false
            )
            try worker.send(
                .request(
                    RequestID(rawValue: 1),
                    SessionID(rawValue: 1),
                    .subscribe(subscribe)
                )
            )
            try hub.turn { worker.received.count == 2 }
        }
        try one.send(
            .request(
                RequestID(rawValue: 2),
                SessionID(rawValue: 1),
                .publish(channel: "plain:1", data: Array("1".utf8))
            )
        )
        try hub.turn { one.received.count == 4 && other.received.count == 3 }
        guard case .publication(let publication) = other.received.last else {
            Issue.record("no publication")
            return
        }
        #expect(publication.channel == "plain:1")
        let figures = hub.server.takeFigures()
        #expect(figures.requests == 3 && figures.publications == 1 && figures.linkErrors == 0)
    }

    @Test func cutsOffAWorkerThatSendsNoMessages() throws {
        let hub = try RunningHub()
        let worker = try hub.connect(worker: 0)
        try hub.turn { worker.received.count == 1 }
        try worker.send(bytes: [3, 0, 0, 0, 0xFF, 0xFF, 0xFF])
        try hub.turn { worker.isEnded }
        #expect(hub.server.linkCount == 0)
        #expect(hub.server.takeFigures().linkErrors == 1)
    }

    @Test func cutsOffAWorkerThatDoesNotRead() throws {
        let hub = try RunningHub { $0.hub.maximumUnsentByteCount = 100_000 }
        let reader = try hub.connect(worker: 0)
        let idler = try hub.connect(worker: 1)
        for worker in [reader, idler] {
            let info = ClientInfo(
                user: "u",
                client: ClientID(high: 1, low: 1),
                connectionInfo: []
            )
            let identity = SessionIdentity(info: info, name: "", controlledStreams: [])
            try worker.send(.attach(SessionID(rawValue: 1), identity))
            let subscribe = HubRequest.Subscribe(
                channel: "plain:1",
                recover: nil,
                wantsPosition: false,
                wantsRecovery: false
            )
            try worker.send(
                .request(
                    RequestID(rawValue: 1),
                    SessionID(rawValue: 1),
                    .subscribe(subscribe)
                )
            )
            try hub.turn { worker.received.count == 2 }
        }
        idler.stopReading()
        let data = [UInt8](repeating: UInt8(ascii: "7"), count: 10_000)
        var sentCount = 0
        while hub.server.linkCount == 2, sentCount < 1_000 {
            try reader.send(
                .request(
                    RequestID(rawValue: 2),
                    SessionID(rawValue: 1),
                    .publish(channel: "plain:1", data: data)
                )
            )
            sentCount += 1
            try hub.turn { reader.received.count >= 2 + 2 * sentCount }
        }
        #expect(hub.server.linkCount == 1)
        #expect(hub.server.takeFigures().linkErrors == 1)
    }

    @Test func stopsOnceWhatItSaidIsSent() throws {
        let hub = try RunningHub()
        let worker = try hub.connect(worker: 0)
        try hub.turn { worker.received.count == 1 }
        hub.server.stop()
        try hub.loop.run()
    }
}

/// A hub and pretended workers on one loop.
private final class RunningHub {
    let loop: EventLoop
    let server: HubServer
    private let path: String

    init(_ change: (inout Configuration) -> Void = { _ in }) throws {
        var configuration = Configuration()
        var rule = ChannelRule(pattern: "plain:*")
        rule.publishing = .everyone
        configuration.channels = [rule]
        change(&configuration)
        loop = try EventLoop()
        path = "/tmp/tally-hub-test-\(UInt64.random(in: 0..<UInt64.max)).sock"
        let listener = try Socket.listen(.unix(path: path), reusePort: false, backlog: 8)
        server = try HubServer(
            loop: loop,
            listener: listener,
            options: HubOptions(configuration),
            seed: 1,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try server.start()
    }

    deinit {
        try? File.remove(path)
    }

    func connect(worker: Int) throws -> PretendedWorker {
        let peer = try PretendedWorker(Socket.connect(.unix(path: path)), loop)
        try peer.send(.hello(.init(worker: worker, pid: Int32(worker) + 100)))
        return peer
    }

    /// Turns the loop until something is so.
    func turn(until isSo: () -> Bool) throws {
        let deadline = MonotonicTime.now() + .seconds(10)
        while !isSo() {
            try #require(MonotonicTime.now() < deadline)
            try loop.runOnce(maximumWait: .milliseconds(100))
        }
    }
}

private final class PretendedWorker: EventHandler {
    private let descriptor: Descriptor
    private let loop: EventLoop
    private var registration: Registration?
    private var framer = LinkFramer(limits: LinkLimits(maximumFrameByteCount: 1 << 20))
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    private(set) var received: [HubMessage] = []
    private(set) var isEnded = false

    init(_ descriptor: consuming Descriptor, _ loop: EventLoop) throws {
        self.descriptor = descriptor
        self.loop = loop
        registration = try loop.add(self.descriptor.raw, .readable, handler: self)
    }

    func send(_ message: WorkerMessage) throws {
        var writer = LinkWriter()
        writer.append(message)
        try send(bytes: writer.take())
    }

    func send(bytes: [UInt8]) throws {
        try #require(Socket.send(descriptor.raw, bytes, from: 0) == .transferred(bytes.count))
    }

    func stopReading() {
        if let registration { loop.remove(registration) }
        registration = nil
    }

    func handle(_ readiness: Readiness) {
        guard case .transferred(let count) = Socket.receive(descriptor.raw, into: &buffer) else {
            isEnded = true
            return stopReading()
        }
        framer.append(buffer[..<count])
        while let message = try? framer.next(HubMessage.self) { received.append(message) }
    }
}
