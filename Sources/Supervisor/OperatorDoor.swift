// SPDX-License-Identifier: Apache-2.0

import Reactor

/// The Unix socket in the data folder, which only its owner may enter, where `tally reload`,
/// `tally upgrade` and `tally plugin release` ask and wait for the outcome.
///
/// One line is a request: `reload`, `upgrade` or `release PLUGIN`. The connection then waits for its answer, across an
/// upgrade too.
final class OperatorDoor: EventHandler {
    /// Operators are few; more connections than this wait in the backlog.
    static let maximumVisitorCount = 8
    /// Ample for any request.
    static let maximumRequestByteCount = 64
    /// In which a request must have come.
    static let requestTimeout = Duration.seconds(5)

    let listener: Descriptor
    private let loop: EventLoop
    private let ask: (OperatorRequest, Asker) -> Void
    private var registration: Registration?
    private var visitors: [ObjectIdentifier: Visitor] = [:]

    init(
        _ listener: consuming Descriptor,
        on loop: EventLoop,
        ask: @escaping (OperatorRequest, Asker) -> Void
    ) throws(SystemError) {
        self.listener = listener
        self.loop = loop
        self.ask = ask
        registration = try loop.add(self.listener.raw, .readable, handler: self)
    }

    func close() {
        if let registration { loop.remove(registration) }
        registration = nil
        for visitor in visitors.values { visitor.leave() }
        visitors = [:]
    }

    func handle(_ readiness: Readiness) {
        while visitors.count < Self.maximumVisitorCount {
            guard case .accepted(let connection) = Socket.accept(listener.raw) else { break }
            receive(connection)
        }
        watch()
    }

    private func receive(_ connection: consuming AcceptedConnection) {
        let visitor = Visitor(connection.takeDescriptor(), on: loop) {
            [unowned self] visitor, line in
            visitors[ObjectIdentifier(visitor)] = nil
            watch()
            guard let line else { return }
            let asker = Asker(visitor.takeDescriptor())
            guard let request = OperatorRequest(text: line) else {
                return asker.answer(OperatorAnswer(status: 64, lines: ["unknown request"]))
            }
            ask(request, asker)
        }
        if visitor.isWatched { visitors[ObjectIdentifier(visitor)] = visitor }
    }

    /// Full: whoever comes waits.
    private func watch() {
        guard let registration else { return }
        loop.modify(registration, visitors.count < Self.maximumVisitorCount ? .readable : [])
    }
}

/// A connection whose request is still to come.
private final class Visitor: EventHandler {
    private let loop: EventLoop
    private var descriptor: Descriptor?
    private let done: (Visitor, String?) -> Void
    private var registration: Registration?
    private var timer: TimerID?
    private var line: [UInt8] = []

    init(
        _ descriptor: consuming Descriptor,
        on loop: EventLoop,
        done: @escaping (Visitor, String?) -> Void
    ) {
        let raw = descriptor.raw
        self.loop = loop
        self.descriptor = consume descriptor
        self.done = done
        registration = try? loop.add(raw, .readable, handler: self)
        timer = loop.schedule(after: OperatorDoor.requestTimeout) { [weak self] in
            self?.finish(nil)
        }
    }

    var isWatched: Bool { registration != nil }

    func takeDescriptor() -> Descriptor {
        guard let taken = descriptor.take() else { preconditionFailure("taken twice") }
        return taken
    }

    func leave() {
        if let registration { loop.remove(registration) }
        if let timer { loop.cancel(timer) }
        registration = nil
        timer = nil
    }

    func handle(_ readiness: Readiness) {
        var buffer = [UInt8](repeating: 0, count: OperatorDoor.maximumRequestByteCount)
        guard let raw = rawNumber else { return }
        switch Socket.receive(raw, into: &buffer) {
        case .transferred(let count):
            line += buffer[..<count]
            if let end = line.firstIndex(of: UInt8(ascii: "\n")) {
                finish(String(decoding: line[..<end], as: UTF8.self))
            } else if line.count > OperatorDoor.maximumRequestByteCount {
                finish(nil)
            }
        case .wouldBlock: break
        case .endOfStream, .failed: finish(nil)
        }
    }

    private var rawNumber: Int32? {
        switch descriptor {
        case .some(let descriptor): descriptor.raw
        case .none: nil
        }
    }

    private func finish(_ line: String?) {
        guard isWatched else { return }
        leave()
        done(self, line)
    }
}

/// Whoever waits for an answer.
final class Asker {
    let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// Sends what the socket takes at once, which is more than any answer; the connection closes with
    /// the asker.
    func answer(_ answer: OperatorAnswer) {
        _ = Socket.send(descriptor.raw, answer.encoded, from: 0)
    }
}
