// SPDX-License-Identifier: Apache-2.0

import Channels
import Reactor

extension Configuration {
    /// Every key of the manifest but the rules under `channels`, in the manifest's order.
    package static let settings: [Setting<Configuration>] =
        topSettings + tlsSettings + accessSettings + clientSettings + deliverySettings
        + httpSettings
        + liveSettings
        + commentSettings + hubSettings + journalSettings + supervisorSettings + pluginSettings

    /// Lists that name files, which are read after the manifest.
    static let fileListKeys: Set<String> = [pluginsKey, "tls.certificates"]
    /// The key of the list of channel rules, whose elements have `ChannelRule.settings`.
    package static let channelRulesKey = "channels"
    package static let pluginsKey = "plugins"
    /// Worker processes of a node, also where there are more processor cores.
    package static let maximumWorkers = 256
    /// Each rule is tried in turn at every first use of a channel.
    package static let maximumChannelRules = 1_000

    private static let topSettings: [Setting<Configuration>] = [
        .list(
            "listen",
            \.listen,
            expected: ListenEntry.hint,
            maximumCount: 64,
            parse: { ListenEntry(parsing: $0) },
            text: { $0.text },
            element: ListenEntry.elementForm
        ),
        .count("workers", \.workers, in: 0...maximumWorkers),
        .text("data", \.data, maximumByteCount: 1_024),
        .text("user", \.user, maximumByteCount: 255),
        .text("group", \.group, maximumByteCount: 255),
        .flag("core_dumps", \.coreDumps),
        .choice("log.level", \.log.level, of: LogSettings.Level.allCases),
    ]

    private static let tlsSettings: [Setting<Configuration>] = [
        .list(
            "tls.certificates",
            \.tls.certificates,
            expected: CertificateFiles.hint,
            maximumCount: 64,
            parse: { CertificateFiles(parsing: $0) },
            text: { $0.text },
            element: CertificateFiles.elementForm
        ),
        .choice("tls.minimum_version", \.tls.minimumVersion, of: TLSSettings.Version.allCases),
        .text("tls.ciphers", \.tls.ciphers, maximumByteCount: 1_024),
        .text("tls.client_ca", \.tls.clientCA, maximumByteCount: 1_024),
        .choice(
            "tls.client_verify",
            \.tls.clientVerification,
            of: TLSSettings.ClientVerification.allCases
        ),
        .duration("tls.handshake_timeout", \.tls.handshakeTimeout, in: second...minutes(10)),
        .duration("tls.ticket_lifetime", \.tls.ticketLifetime, in: .zero...days(7)),
        .duration(
            "tls.strict_transport_security",
            \.tls.strictTransportSecurity,
            in: .zero...days(730)
        ),
        .list(
            "proxies.trusted",
            \.proxies.trusted,
            expected: Network.hint,
            maximumCount: 256,
            parse: { Network(parsing: $0) },
            text: { $0.description }
        ),
        .choice("proxies.header", \.proxies.header, of: ProxySettings.Header.allCases),
        .list(
            "allowed_origins",
            \.allowedOrigins,
            expected: OriginPattern.hint,
            maximumCount: 256,
            parse: { OriginPattern(parsing: $0) },
            text: { $0.text }
        ),
    ]

    private static let accessSettings: [Setting<Configuration>] = [
        .text("tokens.secret_file", \.tokens.secretFile, maximumByteCount: 1_024),
        .list(
            "tokens.public_key_files",
            \.tokens.publicKeyFiles,
            expected: "a path",
            maximumCount: 16,
            parse: { $0.isEmpty || $0.utf8.count > 1_024 ? nil : $0 },
            text: { $0 }
        ),
        .choice(
            "tokens.rsa_algorithm",
            \.tokens.rsaAlgorithm,
            of: TokenSettings.RSAAlgorithm.allCases
        ),
        .text("tokens.jwks_url", \.tokens.jwksURL, maximumByteCount: 1_024),
        .text("tokens.jwks_ca_file", \.tokens.jwksCAFile, maximumByteCount: 1_024),
        .duration(
            "tokens.jwks_refresh_interval",
            \.tokens.jwksRefreshInterval,
            in: .seconds(10)...days(1)
        ),
        .duration(
            "tokens.jwks_minimum_interval",
            \.tokens.jwksMinimumInterval,
            in: second...days(1)
        ),
        .duration("tokens.clock_skew", \.tokens.clockSkew, in: .zero...minutes(5)),
        .text("tokens.issuer", \.tokens.issuer, maximumByteCount: 255),
        .text("tokens.audience", \.tokens.audience, maximumByteCount: 255),
        .duration(
            "tokens.revocation_lifetime",
            \.tokens.revocationLifetime,
            in: minutes(1)...days(3_650)
        ),
        .count("tokens.maximum_revocations", \.tokens.maximumRevocations, in: 1...100_000),
        .flag("anonymous.connect", \.anonymous.connect),
        .list(
            "anonymous.allow",
            \.anonymous.allowNames,
            expected: "one of " + PermissionName.allCases.map(\.rawValue).joined(separator: ", "),
            maximumCount: PermissionName.allCases.count,
            parse: { PermissionName(rawValue: $0)?.rawValue },
            text: { $0 }
        ),
        .patterns("anonymous.channels", \.anonymous.channels, maximumCount: 64),
        .flag("user_channels", \.userChannels),
    ]

    private static let clientSettings: [Setting<Configuration>] = [
        .duration("client.connect_timeout", \.client.connectTimeout, in: second...minutes(10)),
        .duration("client.ping_interval", \.client.pingInterval, in: second...minutes(60)),
        .duration("client.pong_timeout", \.client.pongTimeout, in: second...minutes(10)),
        .count(
            "client.maximum_connections",
            \.client.maximumConnections,
            in: 1...1_000_000
        ),
        .count(
            "client.maximum_connections_per_address",
            \.client.maximumConnectionsPerAddress,
            in: 1...1_000_000
        ),
        .count(
            "client.maximum_connections_per_user",
            \.client.maximumConnectionsPerUser,
            in: 1...1_000_000
        ),
        .count(
            "client.maximum_new_connections_per_second",
            \.client.maximumNewConnectionsPerSecond,
            in: 1...1_000_000
        ),
        .byteCount(
            "client.maximum_memory",
            \.client.maximumMemoryByteCount,
            in: (64 * mebibyte)...(1_024 * 1_024 * mebibyte)
        ),
        .count("client.maximum_channels", \.client.maximumChannels, in: 1...10_000),
        .byteCount(
            "client.maximum_message_size",
            \.client.maximumMessageByteCount,
            in: kibibyte...(16 * mebibyte)
        ),
        .count(
            "client.maximum_commands_per_message",
            \.client.maximumCommandsPerMessage,
            in: 1...10_000
        ),
        .count("client.maximum_json_depth", \.client.maximumJSONDepth, in: 4...256),
        .byteCount(
            "client.maximum_unsent",
            \.client.maximumUnsentByteCount,
            in: (16 * kibibyte)...(256 * mebibyte)
        ),
        .duration("client.maximum_unsent_age", \.client.maximumUnsentAge, in: second...minutes(10)),
        .count("client.commands_per_second", \.client.commandsPerSecond, in: 1...100_000),
        .count("client.command_burst", \.client.commandBurst, in: 1...1_000_000),
        .count("client.publishes_per_second", \.client.publishesPerSecond, in: 1...100_000),
        .count("client.publish_burst", \.client.publishBurst, in: 1...1_000_000),
        .count("client.controls_per_second", \.client.controlsPerSecond, in: 1...100_000),
        .count("client.control_burst", \.client.controlBurst, in: 1...1_000_000),
        .count("client.queries_per_second", \.client.queriesPerSecond, in: 1...100_000),
        .count("client.query_burst", \.client.queryBurst, in: 1...1_000_000),
        .count("client.subscribes_per_second", \.client.subscribesPerSecond, in: 1...100_000),
        .count("client.subscribe_burst", \.client.subscribeBurst, in: 1...1_000_000),
        .count(
            "client.queries_per_second_per_user",
            \.client.queriesPerSecondPerUser,
            in: 1...100_000
        ),
        .count("client.maximum_errors", \.client.maximumErrors, in: 1...1_000_000),
        .count(
            "client.maximum_pending_commands",
            \.client.maximumPendingCommands,
            in: 1...100_000
        ),
    ]

    private static let deliverySettings: [Setting<Configuration>] = [
        .duration(
            "delivery.maximum_flush_window",
            \.delivery.maximumFlushWindow,
            in: .zero...second
        ),
        .count(
            "delivery.comments_per_second",
            \.delivery.commentsPerSecond,
            in: 0...1_000_000
        ),
        .flag("delivery.compression", \.delivery.compression),
        .byteCount(
            "delivery.minimum_compressed_size",
            \.delivery.minimumCompressedByteCount,
            in: 0...mebibyte
        ),
    ]

    private static let httpSettings: [Setting<Configuration>] = [
        .duration("http.header_timeout", \.http.headerTimeout, in: second...minutes(10)),
        .duration("http.body_timeout", \.http.bodyTimeout, in: second...minutes(10)),
        .duration("http.keep_alive_timeout", \.http.keepAliveTimeout, in: second...minutes(60)),
        .duration("http.close_timeout", \.http.closeTimeout, in: second...minutes(1)),
        .byteCount(
            "http.maximum_request_line_size",
            \.http.maximumRequestLineByteCount,
            in: 256...(64 * kibibyte)
        ),
        .byteCount(
            "http.maximum_header_size",
            \.http.maximumHeaderByteCount,
            in: kibibyte...(256 * kibibyte)
        ),
        .count("http.maximum_header_count", \.http.maximumHeaderCount, in: 8...1_000),
        .byteCount(
            "http.maximum_body_size",
            \.http.maximumBodyByteCount,
            in: 0...(16 * mebibyte)
        ),
        .count("http.maximum_event_streams", \.http.maximumEventStreams, in: 0...1_000_000),
        .count("http.maximum_waiting_polls", \.http.maximumWaitingPolls, in: 0...1_000_000),
        .duration("http.maximum_poll_wait", \.http.maximumPollWait, in: .zero...minutes(10)),
        .duration("http.event_retry", \.http.eventRetry, in: .milliseconds(100)...minutes(10)),
    ]

    private static let liveSettings: [Setting<Configuration>] = [
        .duration("live.grace_period", \.live.gracePeriod, in: .zero...minutes(24 * 60)),
        .duration(
            "live.viewers_interval",
            \.live.viewersInterval,
            in: .milliseconds(100)...minutes(1)
        ),
        .count("live.maximum_streams", \.live.maximumStreams, in: 1...1_000_000),
        .count("live.maximum_title_length", \.live.maximumTitleLength, in: 1...2_000),
        .byteCount("live.maximum_meta_size", \.live.maximumMetaByteCount, in: 2...(64 * kibibyte)),
        .count("live.history_size", \.live.historySize, in: 0...1_000_000),
        .duration("live.history_lifetime", \.live.historyLifetime, in: second...days(365)),
        .duration("live.idempotency_window", \.live.idempotencyWindow, in: second...days(7)),
        .count(
            "live.maximum_idempotency_keys",
            \.live.maximumIdempotencyKeys,
            in: 1...10_000_000
        ),
        .count("live.maximum_list_limit", \.live.maximumListLimit, in: 1...1_000),
    ]

    private static let commentSettings: [Setting<Configuration>] = [
        .count("comments.maximum_length", \.comments.maximumLength, in: 1...4_000),
        .count("comments.rate", \.comments.rate, in: 1...1_000),
        .duration("comments.rate_interval", \.comments.rateInterval, in: second...minutes(60)),
        .duration("comments.duplicate_window", \.comments.duplicateWindow, in: .zero...minutes(60)),
        .duration("comments.maximum_slow_mode", \.comments.maximumSlowMode, in: second...days(1)),
        .duration("comments.maximum_timeout", \.comments.maximumTimeout, in: second...days(365)),
        .count("comments.maximum_muted_users", \.comments.maximumMutedUsers, in: 1...1_000_000),
    ]

    private static let hubSettings: [Setting<Configuration>] = [
        .count("hub.maximum_channels", \.hub.maximumChannels, in: 1...10_000_000),
        .byteCount(
            "hub.maximum_history_size",
            \.hub.maximumHistoryByteCount,
            in: (64 * kibibyte)...(1_024 * mebibyte)
        ),
        .count("hub.maximum_history_limit", \.hub.maximumHistoryLimit, in: 1...100_000),
        .byteCount(
            "hub.maximum_link_message_size",
            \.hub.maximumLinkMessageByteCount,
            in: mebibyte...(256 * mebibyte)
        ),
        .byteCount(
            "hub.maximum_unsent",
            \.hub.maximumUnsentByteCount,
            in: mebibyte...(1_024 * mebibyte)
        ),
        .duration("hub.request_timeout", \.hub.requestTimeout, in: .milliseconds(100)...minutes(1)),
        .byteCount(
            "hub.query_bytes_per_second",
            \.hub.queryByteRate,
            in: (64 * kibibyte)...(1_024 * mebibyte)
        ),
    ]

    private static let journalSettings: [Setting<Configuration>] = [
        .choice("journal.sync", \.journal.sync, of: JournalSettings.Sync.allCases),
        .count("journal.retention_count", \.journal.retentionCount, in: 0...100_000_000),
        .duration(
            "journal.retention_lifetime",
            \.journal.retentionLifetime,
            in: .zero...days(3_650)
        ),
        .byteCount(
            "journal.retention_size",
            \.journal.retentionByteCount,
            in: 0...(1_024 * 1_024 * mebibyte)
        ),
    ]

    private static let supervisorSettings: [Setting<Configuration>] = [
        .duration(
            "supervisor.heartbeat_timeout",
            \.supervisor.heartbeatTimeout,
            in: second...minutes(10)
        ),
        .duration("supervisor.start_timeout", \.supervisor.startTimeout, in: second...minutes(60)),
        .duration(
            "supervisor.successor_timeout",
            \.supervisor.successorTimeout,
            in: second...minutes(60)
        ),
        .duration("supervisor.probe_timeout", \.supervisor.probeTimeout, in: second...minutes(10)),
        .duration(
            "supervisor.minimum_back_off",
            \.supervisor.minimumBackOff,
            in: .milliseconds(10)...minutes(1)
        ),
        .duration(
            "supervisor.maximum_back_off",
            \.supervisor.maximumBackOff,
            in: .milliseconds(10)...minutes(60)
        ),
        .duration("supervisor.stable_after", \.supervisor.stableAfter, in: second...minutes(60)),
        .duration("supervisor.drain_timeout", \.supervisor.drainTimeout, in: .zero...minutes(60)),
    ]

    private static let pluginSettings: [Setting<Configuration>] = [
        .list(
            pluginsKey,
            \.pluginManifests,
            expected: "a file's path of at most 1024 bytes without control characters",
            maximumCount: PluginSettings.maximumCount,
            parse: { !$0.isEmpty && TextRule.isOneLine($0, maximumByteCount: 1_024) ? $0 : nil },
            text: { $0 }
        )
    ]

    private static let second = Duration.seconds(1)
    private static let kibibyte = 1 << 10
    private static let mebibyte = 1 << 20

    private static func minutes(_ count: Int) -> Duration { .seconds(60 * count) }
    private static func days(_ count: Int) -> Duration { .seconds(86_400 * count) }
}

extension AnonymousSettings {
    /// `allow` as the names that the manifest uses.
    fileprivate var allowNames: [String] {
        get { PermissionName.names(of: allow).map(\.rawValue) }
        set {
            allow = newValue.reduce(into: []) { permissions, name in
                permissions.formUnion(PermissionName(rawValue: name)?.permission ?? [])
            }
        }
    }
}
