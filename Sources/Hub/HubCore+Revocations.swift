// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import JSON
import Journal
import Live
import Manifest

/// Tokens that are not believed any more: kept here, held against clients by the workers.
extension HubCore {
    /// Revocations in one message to a worker: 300 KiB of the longest names, below what a link must
    /// be able to carry.
    private static let revocationsPerMessage = 1_000

    /// The workers are told before whoever asked is answered.
    ///
    /// - Throws: error 107 for a time that has not come, 106 where too many are kept.
    mutating func revoke(_ command: RevocationCommand) throws(ErrorReply) -> [UInt8] {
        let revocation = state.revocations.merged(try self.revocation(command))
        if revocation.until > now {
            try requireRoom(for: revocation.target)
            record(.revoked(revocation))
            deadlines.schedule(.revocations, at: revocation.until)
            broadcast(.revocations([revocation]), to: sessions.greetedLinks)
        }
        var writer = JSONWriter(capacity: 32)
        writer.beginObject()
        writer.key("until")
        writer.integer(revocation.until.milliseconds / 1_000)
        writer.endObject()
        return writer.bytes
    }

    /// Tells a worker with a new link all that there are.
    mutating func sendRevocations(to link: LinkID) {
        let all = state.revocations.all
        for start in stride(from: 0, to: all.count, by: Self.revocationsPerMessage) {
            let part = all[start..<min(start + Self.revocationsPerMessage, all.count)]
            send(.revocations(Array(part)), to: link)
        }
    }

    private func revocation(
        _ command: RevocationCommand
    ) throws(ErrorReply) -> TokenRevocation {
        let second = now.milliseconds / 1_000
        var issuedBefore = Int64.max
        if case .token = command.target {
        } else {
            // A token of this very second may have been issued before the revocation was asked for.
            issuedBefore = command.issuedBefore ?? second + 1
            guard issuedBefore <= second + HubOptions.maximumRevocationLead else {
                throw ErrorReply(.badRequest, "issued_before has not come yet")
            }
        }
        return TokenRevocation(
            target: command.target,
            issuedBefore: issuedBefore,
            until: command.expiresAt.map {
                // Until then, and as long as a slow clock makes it.
                Timestamp(milliseconds: $0 * 1_000) + options.tokens.clockSkew
            } ?? now + options.tokens.revocationLifetime
        )
    }

    private mutating func requireRoom(
        for target: TokenRevocation.Target
    ) throws(ErrorReply) {
        let most = options.tokens.maximumRevocations
        guard state.revocations.count >= most, !state.revocations.contains(target) else { return }
        _ = state.expireRevocations(now: now)
        guard state.revocations.count < most else {
            throw ErrorReply(.limitExceeded, "too many revocations")
        }
    }
}
