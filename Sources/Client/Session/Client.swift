// SPDX-License-Identifier: Apache-2.0

package import JSON
package import Reactor
import TLS

/// A client of the protocol on an event loop: it connects, comes back, and recovers.
package final class Client {
    package typealias Completion = (Result<JSONValue, RequestFailure>) -> Void

    /// Called for every event but answers, which go to their requests.
    package var onEvent: ((ClientEvent) -> Void)?
    /// Sees every text message from the server before it is taken apart.
    package var onText: (([UInt8]) -> Void)?

    package private(set) var core: ClientCore
    private let loop: EventLoop
    private let url: ServerURL
    private let buffer: ReceiveBuffer
    private let security: TLSClient?
    private var transport: WebSocketClient?
    private var completions: [UInt32: Completion] = [:]
    private var livenessTimer: TimerID?
    private var refreshTimer: TimerID?
    private var pending: [ClientCore.Action] = []
    private var isPerforming = false

    /// Where there are many clients on a loop, they should share the buffer.
    package init(
        loop: EventLoop,
        url: ServerURL,
        options: ClientOptions,
        buffer: ReceiveBuffer = ReceiveBuffer()
    ) {
        self.loop = loop
        self.url = url
        self.buffer = buffer
        security = options.security
        core = ClientCore(options: options, generator: SystemRandomNumberGenerator())
    }

    deinit {
        // The loop would keep the socket open.
        transport?.abort()
        if let livenessTimer { loop.cancel(livenessTimer) }
        if let refreshTimer { loop.cancel(refreshTimer) }
    }

    package var state: ClientCore.State { core.state }

    package func start() {
        perform(core.start())
    }

    package func stop() {
        perform(core.stop())
    }

    /// Asks; the completion is called once, later or never within this call.
    package func request(_ command: ClientCommand, completion: @escaping Completion) {
        let (id, actions) = core.request(command)
        completions[id] = completion
        perform(actions)
    }

    package func subscribe(_ request: ClientCommand.Subscribe) {
        perform(core.subscribe(request))
    }

    package func unsubscribe(channel: String) {
        perform(core.unsubscribe(channel: channel))
    }

    /// The open WebSocket, for what is not of the protocol: tests of a server's refusals.
    package var openTransport: WebSocketClient? { transport }

    /// Breaks the connection as a lost network does; the client comes back.
    package func breakConnection() {
        transport?.abort()
        transport = nil
        perform(core.transportFailed("broken on purpose"))
    }

    /// Does what the core says, in order, however handlers call back into the client.
    private func perform(_ actions: [ClientCore.Action]) {
        pending += actions
        guard !isPerforming else { return }
        isPerforming = true
        defer { isPerforming = false }
        while !pending.isEmpty {
            let actions = pending
            pending = []
            for action in actions { perform(action) }
        }
    }

    private func perform(_ action: ClientCore.Action) {
        switch action {
        case .openTransport: openSocket()
        case .closeTransport(let code):
            transport?.close(code: code)
            transport = nil
        case .send(let line): transport?.send(text: line)
        case .scheduleReconnect(let wait):
            loop.schedule(after: wait) { [weak self] in
                guard let self else { return }
                perform(core.backOffElapsed())
            }
        case .scheduleLivenessCheck(let wait): scheduleLivenessCheck(after: wait)
        case .scheduleRefresh(let wait): scheduleRefresh(after: wait)
        case .scheduleResubscribe(let channel, let wait):
            loop.schedule(after: wait) { [weak self] in
                guard let self else { return }
                perform(core.resubscribeDue(channel: channel))
            }
        case .report(.answered(let id, let result)):
            completions.removeValue(forKey: id)?(result)
        case .report(let event): onEvent?(event)
        }
    }

    private func scheduleLivenessCheck(after wait: Duration?) {
        if let livenessTimer { loop.cancel(livenessTimer) }
        livenessTimer = wait.map { wait in
            loop.schedule(after: wait) { [weak self] in
                guard let self else { return }
                livenessTimer = nil
                perform(core.livenessCheckDue())
            }
        }
    }

    private func scheduleRefresh(after wait: Duration?) {
        if let refreshTimer { loop.cancel(refreshTimer) }
        refreshTimer = wait.map { wait in
            loop.schedule(after: wait) { [weak self] in
                guard let self else { return }
                refreshTimer = nil
                perform(core.refreshDue())
            }
        }
    }

    private func openSocket() {
        let transport = WebSocketClient(
            loop: loop,
            url: url,
            buffer: buffer,
            maximumMessageByteCount: ServerMessage.limits.maximumByteCount,
            security: security
        )
        transport.onEvent = { [weak self] event in self?.handle(event) }
        self.transport = transport
        transport.open()
    }

    private func handle(_ event: WebSocketClient.Event) {
        switch event {
        case .opened: perform(core.transportOpened())
        case .text(let text):
            onText?(text)
            perform(core.received(text))
        case .binary: break
        case .closed(let code, let reason):
            transport = nil
            perform(core.transportClosed(code: code, reason: reason))
        case .failed(let reason):
            transport = nil
            perform(core.transportFailed(reason))
        }
    }
}
