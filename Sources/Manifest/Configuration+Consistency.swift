// SPDX-License-Identifier: Apache-2.0

extension Configuration {
    /// The largest page of `live.list`, as a bound: four bytes a code point, and the other fields.
    private var maximumListByteCount: Int {
        live.maximumListLimit * (live.maximumMetaByteCount + 4 * live.maximumTitleLength + 512)
    }

    /// Values that are each in range but do not go together.
    ///
    /// - Returns: the key to change, and what is wrong with it.
    package var inconsistencies: [(key: String, message: String)] {
        var found: [(key: String, message: String)] = []
        if listen.isEmpty {
            found.append(("listen", "expected at least one address"))
        }
        let fixed = listen.map(\.address).filter { !$0.hasSuffix(":0") }
        if Set(fixed).count != fixed.count {
            found.append(("listen", "the same address is there twice"))
        }
        if listen.contains(where: \.isTLS), tls.certificates.isEmpty {
            found.append(("listen", "tls needs a certificate: give tls.certificates"))
        }
        if listen.contains(where: \.expectsProxyHeader), proxies.trusted.isEmpty {
            found.append(
                ("listen", "proxy_protocol needs proxies.trusted: who may speak for clients")
            )
        }
        if proxies.header != .none, proxies.trusted.isEmpty {
            found.append(("proxies.header", "needs proxies.trusted, whose word it is"))
        }
        if !group.isEmpty, user.isEmpty {
            found.append(("group", "needs user: only who becomes another user changes groups"))
        }
        if tls.clientVerification != .off, tls.clientCA.isEmpty {
            found.append(("tls.client_verify", "needs tls.client_ca, who signs the certificates"))
        }
        if data.isEmpty {
            found.append(("data", "expected a folder"))
        }
        if client.pongTimeout >= client.pingInterval {
            found.append(
                ("client.pong_timeout", "must be shorter than client.ping_interval")
            )
        }
        if client.maximumUnsentByteCount < client.maximumMessageByteCount {
            found.append(
                ("client.maximum_unsent", "must be at least client.maximum_message_size")
            )
        }
        if maximumListByteCount > client.maximumUnsentByteCount {
            found.append(
                (
                    "live.maximum_list_limit",
                    "with the largest title and meta a page must fit client.maximum_unsent"
                )
            )
        }
        // A message that the link cannot carry would cut it, and with it every client of a worker.
        if hub.maximumLinkMessageByteCount / 2 < client.maximumMessageByteCount {
            found.append(
                (
                    "hub.maximum_link_message_size",
                    "must be at least twice client.maximum_message_size"
                )
            )
        }
        if hub.maximumUnsentByteCount < hub.maximumLinkMessageByteCount {
            found.append(
                ("hub.maximum_unsent", "must be at least hub.maximum_link_message_size")
            )
        }
        // A new link gets all of them at once, the longest with about 280 bytes.
        if tokens.maximumRevocations > hub.maximumUnsentByteCount / 512 {
            found.append(
                ("tokens.maximum_revocations", "must be at most hub.maximum_unsent / 512B")
            )
        }
        if supervisor.minimumBackOff > supervisor.maximumBackOff {
            found.append(
                ("supervisor.minimum_back_off", "must not exceed supervisor.maximum_back_off")
            )
        }
        return found
    }
}
