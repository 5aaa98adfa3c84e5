// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Channels
import Client
import Foundation
import Manifest
import Reactor
import StatusPage
import TLS
import Tokens

/// Where a command goes, and as whom.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The server's WebSocket: ws:// or wss://ADDRESS:PORT, or unix:PATH.",
            valueName: "url"
        )
    )
    var url: String?

    @Option(
        help: ArgumentHelp(
            "Trust the authorities in this file (PEM) behind wss://, not the system's.",
            valueName: "file"
        )
    )
    var ca: String?

    @Option(help: "A connection token, as `tally token` prints it.")
    var token: String?

    @Option(help: ArgumentHelp("Sign a token with this secret.", valueName: "file"))
    var secretFile: String?

    @Option(help: ArgumentHelp("The data folder of the Tally to talk to.", valueName: "dir"))
    var data: String?

    @Option(help: "The user of the token that is signed; its name beside comments.")
    var user: String?

    @Option(
        help: "The iss of the token that is signed, as the manifest's tokens.issuer demands it."
    )
    var issuer: String?

    @Option(help: "The aud of the token that is signed, as tokens.audience demands it.")
    var audience: String?

    @Option(help: "How long to wait for the server.")
    var timeout = DurationArgument(.seconds(10))

    private var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// The data folder of the Tally to talk to, as given or by default.
    var dataFolder: String { data ?? environment["TALLY_DATA"] ?? Configuration().data }

    func serverURL() throws(CommandFailure) -> ServerURL {
        let served = url == nil && environment["TALLY_URL"] == nil ? try servedURL() : nil
        do throws(ServerURLError) {
            if let url { return try ServerURL(parsing: url) }
            if let url = environment["TALLY_URL"] { return try ServerURL(parsing: url) }
            return try ServerURL(parsing: served ?? ServerURL.defaultText)
        } catch {
            throw CommandFailure(
                .usage,
                "the server's URL: \(error)",
                advice: "write it as --url \(ServerURL.defaultText)"
            )
        }
    }

    /// The address of the Tally that serves from the data folder, if one does.
    private func servedURL() throws(CommandFailure) -> String? {
        guard let status = try? readStatus(), status.isSupervisorAlive
        else { return nil }
        // The status page has them in the manifest's notation.
        let entries = status.addresses.compactMap(ListenEntry.init(parsing:))
        // Commands send no PROXY header, and speak TLS over TCP alone.
        let usable = entries.filter { !$0.expectsProxyHeader && !($0.isTLS && $0.isUnix) }
        // A certificate is for a name, and hardly for the address that is listened on.
        let plain = usable.filter { !$0.isTLS }
        guard let chosen = plain.first(where: { !$0.isUnix }) ?? plain.first ?? usable.first else {
            guard !entries.isEmpty else { return nil }
            throw CommandFailure(
                .configuration,
                "the Tally in \(dataFolder) listens nowhere where commands can reach it",
                advice: "listen also at a plain address such as unix:/run/tally/tally.sock, "
                    + "or name one with --url"
            )
        }
        guard !chosen.isUnix else { return chosen.address }
        // What listens on every address is reached at this one.
        let local = chosen.address.replacing("0.0.0.0:", with: "127.0.0.1:")
            .replacing("[::]:", with: "[::1]:")
        return (chosen.isTLS ? "wss://" : "ws://") + local
    }

    private func readStatus() throws(StatusError) -> StatusSnapshot {
        try StatusReader.read(folder: dataFolder)
    }

    /// Whom to trust behind `wss://`.
    func security() throws(CommandFailure) -> TLSClient? {
        guard let path = ca ?? environment["TALLY_CA"] else { return nil }
        do {
            let text = try File.read(
                File.open(path, for: .reading),
                maximumByteCount: Self.maximumAuthorityByteCount
            )
            return try TLSClient(trusting: .authorities(text))
        } catch {
            throw CommandFailure(.configuration, "the authorities \(path): \(error)")
        }
    }

    /// A system's whole bundle is a quarter of that.
    private static let maximumAuthorityByteCount = 1 << 20

    /// What makes the token for each connection; a token of its own is made anew each time.
    ///
    /// It allows no more than the command needs. A connection that may control a stream is one of
    /// its broadcasters: to look at an interrupted stream must not resume it.
    func tokenSource(
        for streams: [String],
        allowing allowed: Permissions
    ) throws(CommandFailure) -> () -> String {
        try tokenSource(on: streams.map { "live:" + $0 }, allowing: allowed)
    }

    /// The same, for any channels.
    func tokenSource(
        on channels: [String],
        allowing allowed: Permissions
    ) throws(CommandFailure) -> () -> String {
        if let token = token ?? environment["TALLY_TOKEN"] { return { token } }
        guard let secret = try secret() else { return { "" } }
        let signer: TokenSigner
        do throws(TokenSecretError) {
            signer = try TokenSigner(secret: secret.bytes)
        } catch {
            throw CommandFailure(.configuration, "the token secret: \(error)")
        }
        let user = user ?? environment["USER"] ?? "operator"
        let profile = TokenProfile.json(name: user)
        let issuer = issuer ?? environment["TALLY_TOKENS_ISSUER"]
        let audience = audience ?? environment["TALLY_TOKENS_AUDIENCE"]
        return {
            let now = Int64(Date().timeIntervalSince1970)
            let lifetime: Int64 = 300  // seconds; a longer connection goes on and renews it
            let claims = Claims(
                user: user,
                expiresAt: now + lifetime,
                issuedAt: now,
                issuer: issuer,
                audiences: audience.map { [$0] } ?? [],
                info: profile,
                name: user,
                capabilities: channels.map { channel in
                    TokenCommand.capability(channels: [channel], allow: allowed)
                }
            )
            return (try? signer.sign(claims)) ?? ""
        }
    }

    private func secret() throws(CommandFailure) -> Secret? {
        if let secretFile { return try SecretFile.read(secretFile) }
        if let secret = try SecretFile.fromEnvironment(environment) { return secret }
        let path = SecretFile.defaultPath(data: dataFolder)
        if data != nil, !FileManager.default.fileExists(atPath: path),
            case .failure(.missing) = Result(catching: readStatus)
        {
            throw CommandFailure(
                .unavailable,
                "no Tally has served from \(dataFolder)",
                advice: "name the folder that `tally serve` uses with --data"
            )
        }
        if data != nil || FileManager.default.isReadableFile(atPath: path) {
            return try SecretFile.read(path)
        }
        return nil
    }
}
