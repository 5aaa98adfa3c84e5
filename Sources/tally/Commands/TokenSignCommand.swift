// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Channels
import Foundation
import JSON
import Manifest
import Tokens

struct TokenSignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign a token that says who a client is and what it may do.",
        discussion: """
            Prints the token alone, so that it fits into a script:

              tally token --user ana --name Ana --allow sub,pub --channel live:show
              tally token --user studio --allow sub,pub,hst,ctl,mod --channel 'live:*'
              tally token --user ana --subscription room:private

            PERMISSIONS
              sub  see            hst  read history     ctl  start, update and stop streams
              pub  comment        prs  read presence    mod  moderate

            The secret is --secret-file, else TALLY_TOKEN_SECRET, else token.secret in the data \
            folder, which `tally serve` makes at its first start.
            """
    )

    @Option(help: "The user's id; empty: anonymous.")
    var user: String

    @Option(help: "Permissions, separated by commas.", transform: PermissionList.parse)
    var allow = PermissionList(permissions: [])

    @Option(help: "A channel that they hold on, * for any run of characters; repeatable.")
    var channel: [String] = []

    @Option(help: "How long the token is good.")
    var ttl = DurationArgument(.seconds(3_600))

    @Option(help: "The name beside the user's comments.")
    var name: String?

    @Option(help: "Make a subscription token for this one channel instead.")
    var subscription: String?

    @Option(help: "The token's own id, to revoke it by.")
    var jti: String?

    @Option(help: "The token's iss, where the manifest demands one.")
    var issuer: String?

    @Option(help: "The token's aud, where the manifest demands one.")
    var audience: String?

    @Option(help: ArgumentHelp("The file with the secret.", valueName: "file"))
    var secretFile: String?

    @Option(help: ArgumentHelp("The data folder with the secret.", valueName: "dir"))
    var data: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard subscription == nil || (channel.isEmpty && allow.permissions.isEmpty) else {
            throw ValidationError("--subscription goes without --allow and --channel.")
        }
        guard channel.isEmpty == allow.permissions.isEmpty else {
            throw ValidationError(
                "--allow and --channel go together: what may be done, and where."
            )
        }
    }

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let secret = try secret(environment)
        let now = Int64(Date().timeIntervalSince1970)
        let expiry = now + ttl.duration.components.seconds
        let claims = Claims(
            user: user,
            expiresAt: expiry,
            issuedAt: now,
            tokenID: jti,
            issuer: issuer ?? environment["TALLY_TOKENS_ISSUER"],
            audiences: (audience ?? environment["TALLY_TOKENS_AUDIENCE"]).map { [$0] } ?? [],
            info: name.map { TokenProfile.json(name: $0) } ?? [],
            name: name ?? "",
            capabilities: channel.isEmpty
                ? [] : [TokenCommand.capability(channels: channel, allow: allow.permissions)],
            channel: subscription
        )
        let token: String
        do {
            token = try TokenSigner(secret: secret.bytes).sign(claims)
        } catch {
            throw CommandFailure(.usage, "the server would refuse this token: \(error)")
        }
        guard output.json else { return Console.print(token) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("token")
        writer.string(token)
        writer.key("user")
        writer.string(user)
        writer.key("expires_at")
        writer.integer(expiry * 1_000)
        writer.endObject()
        Console.print(String(decoding: writer.bytes, as: UTF8.self))
    }

    private func secret(_ environment: [String: String]) throws(CommandFailure) -> Secret {
        if let secretFile { return try SecretFile.read(secretFile) }
        if data == nil, let secret = try SecretFile.fromEnvironment(environment) { return secret }
        let folder = data ?? environment["TALLY_DATA"] ?? Configuration().data
        let path = SecretFile.defaultPath(data: folder)
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure(
                .missingInput,
                "there is no token secret at \(path)",
                advice: "start `tally serve --data \(folder)` once, which makes it, "
                    + "or name one with --secret-file"
            )
        }
        return try SecretFile.read(path)
    }
}

/// `sub,pub,hst` on the command line.
struct PermissionList {
    let permissions: Permissions

    static func parse(_ text: String) throws -> PermissionList {
        var permissions: Permissions = []
        for name in text.split(separator: ",") {
            guard let permission = PermissionName(rawValue: String(name))?.permission else {
                let known = PermissionName.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("\"\(name)\" is no permission; they are \(known).")
            }
            permissions.formUnion(permission)
        }
        return PermissionList(permissions: permissions)
    }
}
