// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Live
import Manifest
import Tokens

/// Decides who may do what, from the token's capabilities and the manifest's channel rules.
///
/// A token that carries capabilities may do what they say and no more; one without says who, not
/// what, and may do what an anonymous connection may.
struct Authorizer {
    let anonymous: Identity
    private let rules: ChannelRules

    init(configuration: Configuration) {
        anonymous = Identity(
            Claims(
                user: "",
                capabilities: [
                    Capability(
                        channels: configuration.anonymous.channels,
                        match: .wildcard,
                        allow: configuration.anonymous.allow
                    )
                ]
            )
        )
        rules = configuration.channelRules
    }

    /// The channel behind a name that a client sent.
    func channel(named name: String) throws(ErrorReply) -> ChannelName {
        do {
            return try ChannelName(name)
        } catch .invalidStream {
            throw ErrorReply(.unknownChannel, ChannelNameError.invalidStream.description)
        } catch {
            throw ErrorReply(.badRequest, error.description)
        }
    }

    func rule(for channel: ChannelName) throws(ErrorReply) -> ChannelRule {
        guard let rule = rules.rule(for: channel) else { throw ErrorReply(.unknownChannel) }
        return rule
    }

    func requiresSubscriptionToken(_ channel: ChannelName) throws(ErrorReply) -> Bool {
        try rule(for: channel).requiresSubscriptionToken
    }

    /// Refuses with 103 unless the identity may do all of `wanted` on the channel.
    func require(
        _ wanted: Permissions,
        of identity: Identity,
        on channel: ChannelName,
        isSubscribed: Bool = false
    ) throws(ErrorReply) {
        let rule = try rule(for: channel)
        let granted = permissions(
            of: identity,
            on: channel,
            under: rule,
            isSubscribed: isSubscribed
        )
        guard granted.isSuperset(of: wanted) else { throw ErrorReply(.permissionDenied) }
    }

    /// Refuses with 103 unless the identity may moderate whom the command concerns: on the user's own
    /// channel, or everywhere.
    func require(_ command: OperatorCommand, of identity: Identity) throws(ErrorReply) {
        let claims = holder(of: identity).claims
        let mayDoIt =
            if let user = command.user {
                claims.permissions(on: "#" + user).contains(.moderate)
            } else {
                claims.allowEverywhere(.moderate)
            }
        guard mayDoIt else { throw ErrorReply(.permissionDenied) }
    }

    /// All that the identity may do on the channel; nothing where no rule allows the channel.
    func permissions(
        of identity: Identity,
        on channel: ChannelName,
        isSubscribed: Bool
    ) -> Permissions {
        guard let rule = rules.rule(for: channel) else { return [] }
        return permissions(of: identity, on: channel, under: rule, isSubscribed: isSubscribed)
    }

    /// Whether the identity may moderate the stream's channel.
    func isModerator(_ identity: Identity, on channel: ChannelName) -> Bool {
        capabilities(of: identity, on: channel).contains(.moderate)
    }

    /// Stream ids, and patterns of them, that the identity may see.
    func visibleStreams(to identity: Identity) -> [String] {
        holder(of: identity).claims.streams(allowing: .subscribe)
    }

    private func permissions(
        of identity: Identity,
        on channel: ChannelName,
        under rule: ChannelRule,
        isSubscribed: Bool
    ) -> Permissions {
        var granted = capabilities(of: identity, on: channel)
        if case .user(let user) = channel.kind, !user.isEmpty, user == identity.user {
            granted.formUnion([.subscribe, .history, .presence])
        }
        let audiences: [(ChannelRule.Audience, Permissions)] = [
            (rule.subscribing, .subscribe), (rule.publishing, .publish),
            (rule.historyReading, .history), (rule.presenceReading, .presence),
        ]
        for (audience, permission) in audiences {
            if audience == .everyone || audience == .subscribers && isSubscribed {
                granted.formUnion(permission)
            }
        }
        return granted
    }

    private func capabilities(of identity: Identity, on channel: ChannelName) -> Permissions {
        holder(of: identity).claims.permissions(on: channel.text)
    }

    private func holder(of identity: Identity) -> Identity {
        identity.claims.capabilities.isEmpty ? anonymous : identity
    }
}
