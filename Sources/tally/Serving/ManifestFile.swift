// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifest

/// The manifest as a file.
enum ManifestFile {
    static func read(_ path: String) throws(CommandFailure) -> ConfigurationLoader.Manifest {
        let contents: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            // One more than is allowed, so that the reader sees that it is too much.
            let limit = ManifestReader.maximumByteCount + 1
            contents = try file.read(upToCount: limit) ?? Data()
        } catch {
            throw CommandFailure(
                .configuration,
                "cannot read the manifest \(path): \(error.localizedDescription)",
                advice: "name it with --config; Manifests/tally.yaml is an example of all keys"
            )
        }
        guard let text = String(data: contents, encoding: .utf8) else {
            throw CommandFailure(
                .configuration,
                "\(path): not UTF-8 text",
                advice: "save it as UTF-8"
            )
        }
        return ConfigurationLoader.Manifest(text: text, path: path)
    }
}
