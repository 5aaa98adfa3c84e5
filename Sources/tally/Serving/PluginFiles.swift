// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifest
import Reactor

/// Where plugins' manifests and libraries lie.
enum PluginFiles {
    /// Reads a plugin's manifest.
    ///
    /// `base` is the manifest that names it; without one a relative path starts where Tally does.
    static func read(
        _ path: String,
        namedBy base: String?
    ) -> Result<ConfigurationLoader.Manifest, UnreadableManifest> {
        let folder = base.map { URL(filePath: $0).deletingLastPathComponent().relativePath } ?? ""
        let isAsItIs = path.hasPrefix("/") || folder.isEmpty || folder == "."
        let full = isAsItIs ? path : join(folder, path)
        do throws(CommandFailure) {
            return .success(try ManifestFile.read(full))
        } catch {
            return .failure(UnreadableManifest(error.message))
        }
    }

    /// The library of a plugin: as it is written when that is absolute, else from its manifest's folder.
    ///
    /// A name alone, without a slash, is also looked for beside this program and in the folder
    /// `lib/tally/plugins` beside the program's, where an installation puts them.
    static func library(of settings: PluginSettings) -> String {
        let library = settings.library
        if library.hasPrefix("/") { return library }
        let folder = URL(filePath: settings.manifest).deletingLastPathComponent().path()
        let own = absolute(join(folder, library))
        guard !library.contains("/") else { return own }
        let program = (OwnProcess.startPath.map { URL(filePath: $0) } ?? URL(filePath: "/"))
            .resolvingSymlinksInPath().deletingLastPathComponent()
        let others = [
            program.path(),
            program.deletingLastPathComponent().appending(path: "lib/tally/plugins").path(),
        ].map { absolute(join($0, library)) }
        return ([own] + others).first { FileManager.default.fileExists(atPath: $0) } ?? own
    }

    private static func join(_ folder: String, _ path: String) -> String {
        folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }

    private static func absolute(_ path: String) -> String {
        URL(filePath: path).standardizedFileURL.path()
    }
}
