// SPDX-License-Identifier: Apache-2.0

package import Channels

/// Everything an operator can choose, with the defaults that Manifests/tally.yaml documents.
///
/// Each property says what it is; the manifest says why its default is what it is. A role takes
/// the group it needs, not the whole.
package struct Configuration: Hashable, Sendable {
    /// Where clients are accepted, and how; port 0 lets the system choose.
    package var listen: [ListenEntry] = [ListenEntry(address: "127.0.0.1:8000")]
    /// Worker processes; 0 starts one per processor core.
    package var workers: Int = 0
    /// The data folder.
    package var data: String = "data"
    /// Whether every identified connection is subscribed to its user's own channel, `#user`.
    package var userChannels: Bool = false
    package var log = LogSettings()
    package var tls = TLSSettings()
    package var proxies = ProxySettings()
    /// Sites besides this host whose pages may talk to the server.
    package var allowedOrigins: [OriginPattern] = []
    /// Whom the processes become once they listen; empty: who starts them.
    package var user: String = ""
    /// Empty: the user's own.
    package var group: String = ""
    /// Whether the memory of a process that crashes may be written to a disk.
    package var coreDumps: Bool = false
    package var tokens = TokenSettings()
    package var anonymous = AnonymousSettings()
    package var client = ClientSettings()
    package var delivery = DeliverySettings()
    package var http = HTTPSettings()
    package var live = LiveSettings()
    package var comments = CommentSettings()
    package var hub = HubSettings()
    package var journal = JournalSettings()
    package var supervisor = SupervisorSettings()
    /// What each feed channel may do; the first rule whose pattern matches holds.
    package var channels: [ChannelRule] = [Configuration.catchAllRule]
    /// The manifests of the plugins, as they are written: a relative path starts at the manifest's
    /// folder.
    package var pluginManifests: [String] = []
    /// What they say, once `serve` has read them; every worker loads these.
    package var plugins: [PluginSettings] = []
    /// `serve --demo`; never a key of the manifest.
    package var isDemo: Bool = false

    package init() {}

    /// Bytes of publications in one answer to a client: half of what may wait for it, so that a
    /// recovery does not end as a slow consumer, and no more than the hub's link carries.
    package var maximumAnswerByteCount: Int {
        min(client.maximumUnsentByteCount, hub.maximumLinkMessageByteCount) / 2
    }

    /// The rule of a manifest without `channels`: feeds for those whose token names them.
    private static var catchAllRule: ChannelRule {
        var rule = ChannelRule(pattern: "*")
        rule.historySize = 100
        rule.historyLifetime = .seconds(300)
        rule.subscribing = .nobody
        return rule
    }
}
