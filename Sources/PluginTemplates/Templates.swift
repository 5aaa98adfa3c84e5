// SPDX-License-Identifier: Apache-2.0

internal import CPluginTemplates

/// The files that are embedded in the binary.
enum Templates {
    private static let texts: [String: String] = {
        var texts: [String: String] = [:]
        var index = 0
        // The table, its paths and its bytes are constants of the program.
        while let template = unsafe tally_template_at(index)?.pointee {
            let bytes = unsafe UnsafeBufferPointer(start: template.bytes, count: template.length)
            unsafe texts[String(cString: template.path)] = String(decoding: bytes, as: UTF8.self)
            index += 1
        }
        return texts
    }()

    static var paths: [String] { texts.keys.sorted() }

    static func text(_ path: String) -> String {
        guard let text = texts[path] else { preconditionFailure("no template \(path)") }
        return text
    }
}
