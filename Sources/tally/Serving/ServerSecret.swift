// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifest
import Reactor
import Supervisor

/// The secret that the server checks tokens with.
enum ServerSecret {
    /// The variable's, else the manifest's file, else the data folder's file, made when missing.
    static func find(
        _ configuration: Configuration,
        _ environment: [String: String]
    ) throws(CommandFailure) -> Secret {
        if let secret = try chosen(configuration, environment) { return secret }
        let path = SecretFile.defaultPath(data: configuration.data)
        if FileManager.default.fileExists(atPath: path) { return try SecretFile.read(path) }
        // The folder's own checks come first: no secret goes where others may replace it.
        let account = try Serving.account(configuration)
        do throws(SupervisorError) {
            try Supervisor.prepareFolder(configuration.data, for: account)
        } catch {
            throw CommandFailure(error)
        }
        let secret = try SecretFile.make(at: path)
        do throws(SystemError) {
            try account?.own(path)
        } catch {
            throw CommandFailure(.permission, "\(error)", advice: "start as root, or without user:")
        }
        return secret
    }

    /// Whether what there is of a secret can be used; makes none.
    static func check(
        _ configuration: Configuration,
        _ environment: [String: String]
    ) throws(CommandFailure) {
        if try chosen(configuration, environment) != nil { return }
        let path = SecretFile.defaultPath(data: configuration.data)
        if FileManager.default.fileExists(atPath: path) { _ = try SecretFile.read(path) }
    }

    private static func chosen(
        _ configuration: Configuration,
        _ environment: [String: String]
    ) throws(CommandFailure) -> Secret? {
        if let secret = try SecretFile.fromEnvironment(environment) { return secret }
        let path = configuration.tokens.secretFile
        return path.isEmpty ? nil : try SecretFile.read(path)
    }
}
