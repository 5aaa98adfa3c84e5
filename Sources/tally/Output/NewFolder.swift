// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder that is there with all its files, or not at all.
struct NewFolder {
    private let folder: URL
    /// Without a slash at its end: with one, a file in the way would not be seen.
    private var path: String { folder.path }

    init(_ folder: URL) {
        self.folder = folder
    }

    /// Writes the files beside the place, and moves them there when they are complete.
    func write(_ files: [(path: String, text: String)]) throws(CommandFailure) {
        guard !exists else {
            throw CommandFailure(
                .cannotCreate,
                "\(path) is there already",
                advice: "choose another name, or remove it first"
            )
        }
        let draft = folder.deletingLastPathComponent().appending(
            path: ".\(folder.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier)"
        )
        do {
            try write(files, into: draft)
            try FileManager.default.moveItem(at: draft, to: folder)
        } catch {
            try? FileManager.default.removeItem(at: draft)
            throw CommandFailure(
                .cannotCreate,
                "cannot write \(path): \(error.localizedDescription)"
            )
        }
    }

    private var exists: Bool {
        // A dangling link is in the way, too, and fileExists follows it.
        (try? FileManager.default.attributesOfItem(atPath: path)) != nil
    }

    private func write(_ files: [(path: String, text: String)], into draft: URL) throws {
        for (path, text) in files {
            let file = draft.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
    }
}
