// SPDX-License-Identifier: Apache-2.0

import Manifest
import Reactor

/// The manifest as a file.
enum ManifestFile {
    static func read(_ path: String) throws(CommandFailure) -> ConfigurationLoader.Manifest {
        let contents: [UInt8]
        do throws(SystemError) {
            contents = try File.read(
                File.open(path, for: .reading),
                maximumByteCount: ManifestReader.maximumByteCount
            )
        } catch {
            throw CommandFailure(
                .configuration,
                "cannot read the manifest \(path): \(error)",
                advice: "name it with --config; Manifests/tally.yaml is an example of all keys"
            )
        }
        guard let text = String(validating: contents, as: UTF8.self) else {
            throw CommandFailure(
                .configuration,
                "\(path): not UTF-8 text",
                advice: "save it as UTF-8"
            )
        }
        return ConfigurationLoader.Manifest(text: text, path: path)
    }
}
