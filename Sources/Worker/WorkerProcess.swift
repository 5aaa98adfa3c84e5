// SPDX-License-Identifier: Apache-2.0

import Glibc
import HubLink
package import Logging
package import Manifest
import PluginHost
import Reactor
package import StatusPage
import TLS
import Tokens
import WebServer

/// One worker process: its loop, its listening sockets, its clients and its link to the hub.
package final class WorkerProcess {
    /// How often sessions are looked through for what time ends: the grain of seconds-long limits.
    private static let sessionSweepInterval = Duration.seconds(1)
    /// How often unanswered requests are looked through: a fraction of their timeout.
    private static let requestSweepInterval = Duration.milliseconds(250)

    private let loop: EventLoop
    private let server: WebServer
    private let gateway: ClientGateway
    private let hub: HubConnection
    private let status: StatusSlot
    private let drain: Drain
    private let drainTimeout: Duration
    private let maximumMemory: Int
    private let launch: ChildLaunch
    private let configuration: Configuration
    private let handoverPatience: Duration
    private var predecessor: Predecessor?
    private let keySource: TokenKeySource?
    private let logger: Logger
    private var counters: ServerCounterMirror
    private var acceptPauses = AcceptPauseReport()

    /// Wires up the worker; nothing is accepted until `run`.
    ///
    /// - Throws: when the kernel or the token secret refuses.
    package init(
        launch: ChildLaunch,
        status: StatusSlot,
        configuration: Configuration,
        logger: Logger
    ) throws {
        loop = try EventLoop()
        hub = HubConnection(
            loop: loop,
            address: SocketAddress.unix(path: launch.hubSocketPath),
            limits: LinkLimits(
                maximumFrameByteCount: configuration.hub.maximumLinkMessageByteCount
            ),
            maximumUnsentByteCount: configuration.hub.maximumUnsentByteCount,
            logger: logger
        )
        let tokens = configuration.tokens
        let verifier = try TokenVerifier(settings: tokens)
        keySource = verifier.flatMap { [loop] in
            TokenKeySource(
                tokens,
                dataFolder: configuration.data,
                verifier: $0,
                loop: loop,
                status: status,
                logger: logger
            )
        }
        gateway = ClientGateway(
            loop: loop,
            configuration: configuration,
            verifier: verifier,
            keySource: keySource,
            status: status,
            hub: hub,
            hello: WorkerMessage.Hello(
                worker: launch.identity.index,
                pid: getpid(),
                incarnation: UInt64.random(in: .min ... .max),
                takesNotices: !configuration.plugins.isEmpty
            ),
            routes: HTTPRoutes(
                demoTokens: try configuration.isDemo
                    ? DemoTokens(signer: TokenSigner(secret: tokens.secret.bytes), logger: logger)
                    : nil,
                origins: OriginPolicy(allowed: configuration.allowedOrigins)
            ),
            nodeName: "tally-\(launch.identity.index)",
            logger: logger
        )
        server = WebServer(
            loop: loop,
            limits: WebServerLimits(configuration: configuration),
            application: gateway,
            trustedProxies: TrustedProxies(configuration.proxies)
        )
        counters = ServerCounterMirror(server.counters)
        drain = Drain(loop: loop, server: server, gateway: gateway, logger: logger)
        drainTimeout = configuration.supervisor.drainTimeout
        maximumMemory = configuration.client.maximumMemoryByteCount
        // Half of the patience with a silent process: a hand-over is not to look like a hang.
        handoverPatience = configuration.supervisor.heartbeatTimeout / 2
        self.launch = launch
        self.configuration = configuration
        self.status = status
        self.logger = logger
        server.strictTransportAge = configuration.tls.strictTransportSecurity
        gateway.server = server
        hub.delegate = gateway
    }

    /// Serves until it is told to go and every client has gone, or the drain's deadline passed.
    package func run() throws {
        try loop.watchSignals([SIGTERM, SIGINT, SIGUSR1]) { [self] signal in
            signal == SIGUSR1 ? drain.retire() : drain.begin(deadline: drainTimeout)
        }
        try loadPlugins()
        try takeOver()
        if !hub.isConnected { hub.connect() }
        gateway.startImported()
        try watchForSuccessor()
        try listen()
        status.startBeating(on: loop)
        status.setPhase(.serving)
        every(StatusSlot.beatInterval) { [self] in
            status.setConnections(gateway.sessions.count)
            counters.update(status, from: server.counters)
            reportAcceptPauses()
        }
        every(Self.sessionSweepInterval) { [self] in
            gateway.sweepSessions()
            watchMemory()
        }
        every(Self.requestSweepInterval) { [self] in
            gateway.sweepRequests()
            gateway.sweepBudgets()
        }
        keySource?.start()
        logger.info("worker ready")
        try loop.run()
        gateway.plugins?.stop()
        logger.info("worker done")
    }

    /// Makes this worker's plugins, before anything of a predecessor is touched.
    private func loadPlugins() throws {
        guard !configuration.plugins.isEmpty else { return }
        var plugins = configuration.plugins
        for place in launch.plugins {
            guard let index = plugins.firstIndex(where: { $0.name == place.name }) else { continue }
            plugins[index].number = place.number
        }
        let host = PluginHost(
            loop: loop,
            plugins: plugins,
            quarantined: Set(launch.plugins.filter(\.isQuarantined).map(\.name)),
            status: status,
            services: gateway,
            workerIndex: launch.identity.index,
            workerCount: configuration.workers,
            logger: logger
        )
        try host.load()
        gateway.plugins = host
    }

    /// The listening sockets are in the order of the manifest's entries.
    private func listen() throws {
        let tls = try configuration.listen.contains(where: \.isTLS) ? makeTLS() : nil
        for (raw, entry) in zip(launch.listeners, configuration.listen) {
            try server.listen(
                on: raw,
                as: ListenerTraits(
                    tls: entry.isTLS ? tls : nil,
                    expectsProxyHeader: entry.expectsProxyHeader
                )
            )
        }
    }

    private func makeTLS() throws -> TLSServer {
        var secret: [UInt8]?
        if let raw = launch.ticketSecret {
            secret = try File.read(Descriptor(owning: raw), maximumByteCount: 64)
        }
        return try TLSServer(TLSServerOptions(configuration.tls, ticketSecret: secret))
    }

    /// Takes over the worker that this one replaces, if it replaces one.
    private func takeOver() throws {
        guard let raw = launch.predecessor else { return }
        let successor = Successor(
            gateway: gateway,
            hub: hub,
            patience: handoverPatience,
            logger: logger
        )
        _ = try successor.takeOver(from: Descriptor(owning: raw))
    }

    private func watchForSuccessor() throws {
        guard let control = launch.control else { return }
        let predecessor = Predecessor(
            control: control,
            patience: handoverPatience,
            loop: loop,
            server: server,
            gateway: gateway,
            hub: hub,
            drain: drain,
            logger: logger
        )
        try predecessor.watch()
        self.predecessor = predecessor
    }

    /// Above its limit a worker serves those whom it has and takes no more, rather than die with all.
    private func watchMemory() {
        guard let used = OwnProcess.residentByteCount() else { return }
        let isShort = used > maximumMemory
        guard isShort != server.isShortOfMemory else { return }
        server.isShortOfMemory = isShort
        logger.log(
            level: isShort ? .warning : .notice,
            isShort
                ? "memory is short, newcomers are refused; raise client.maximum_memory or add workers"
                : "memory suffices again, newcomers are let in",
            metadata: ["bytes": "\(used)", "maximum_memory": "\(maximumMemory)"]
        )
    }

    private func reportAcceptPauses() {
        guard let count = acceptPauses.due(server.counters.acceptPauses, now: loop.now) else {
            return
        }
        logger.warning(
            "no descriptors left, clients wait; raise the limit (ulimit -n) or add workers",
            metadata: ["pauses": "\(count)", "connections": "\(server.connectionCount)"]
        )
    }

    private func every(_ interval: Duration, _ action: @escaping () -> Void) {
        action()
        loop.schedule(after: interval) { [self] in every(interval, action) }
    }
}
