// SPDX-License-Identifier: Apache-2.0

/// A new plugin, as files: the plugin, its test, its manifest, and what it is built with.
package struct PluginProject: Sendable {
    package enum Language: String, CaseIterable, Sendable {
        case swift
        case c
    }

    /// Where the Swift package finds TallyPlugin.
    package enum TallySource: Hashable, Sendable {
        /// Beside the plugin: written with it.
        case enclosed
        /// A folder with Tally's sources.
        case folder(String)
        /// A repository with Tally's sources.
        case repository(String)
    }

    /// One file, its path relative to the plugin's folder.
    package struct File: Hashable, Sendable {
        package let path: String
        package let text: String
    }

    private let name: String
    private let language: Language
    private let tally: TallySource

    /// - Parameters:
    ///   - name: the plugin's name, as manifests use it.
    ///   - language: what it is written in.
    ///   - tally: where the Swift package finds TallyPlugin; of no interest to C.
    /// - Throws: what is wrong with the name.
    package init(
        name: String,
        language: Language,
        tally: TallySource = .enclosed
    ) throws(PluginNameError) {
        if let problem = PluginNameError(name) { throw problem }
        self.name = name
        self.language = language
        self.tally = tally
    }

    package var files: [File] {
        switch language {
        case .c: cFiles
        case .swift: swiftFiles
        }
    }

    private var cFiles: [File] {
        [
            file("plugin.c", "c/plugin.c.txt"),
            file("test.c", "c/test.c.txt"),
            file("Makefile", "c/Makefile.txt"),
            file("\(name).yaml", "manifest.txt"),
            file("README.md", "c/README.md"),
            file(".gitignore", "c/gitignore"),
            source("tally_plugin.h", "CTallyPlugin/include/tally_plugin.h"),
            source("tally_plugin_test.h", "CTallyPluginTesting/include/tally_plugin_test.h"),
        ]
    }

    private var swiftFiles: [File] {
        let type = typeName
        return [
            file("Package.swift", "swift/Package.swift.txt"),
            source("exports.map", "exports.map"),
            file("Sources/\(type)/\(type).swift", "swift/Plugin.swift.txt"),
            file("Sources/\(type)Library/Export.swift", "swift/Export.swift.txt"),
            file("Tests/\(type)Tests/\(type)Tests.swift", "swift/Tests.swift.txt"),
            file("\(name).yaml", "manifest.txt"),
            file("README.md", "swift/README.md"),
            file(".gitignore", "swift/gitignore"),
        ] + (tally == .enclosed ? enclosedFiles : [])
    }

    private var enclosedFiles: [File] {
        let modules = ["CJansson/", "CTallyPlugin/", "TallyPlugin/", "TallyPluginTesting/"]
        let sources = Templates.paths.filter { path in modules.contains { path.hasPrefix($0) } }
        return [source("Tally/Package.swift", "vendored/Package.swift.txt")]
            + sources.map { source("Tally/Sources/\($0)", $0) }
    }

    /// A file as it is.
    private func source(_ path: String, _ template: String) -> File {
        File(path: path, text: Templates.text(template))
    }

    /// A file with what is in double braces filled in.
    private func file(_ path: String, _ template: String) -> File {
        var rest = Templates.text(template)[...]
        var text = ""
        while let start = rest.firstRange(of: "{{"),
            let end = rest[start.upperBound...].firstRange(of: "}}")
        {
            text += rest[..<start.lowerBound]
            text += value(of: String(rest[start.upperBound..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return File(path: path, text: text + rest)
    }

    private func value(of variable: String) -> String {
        switch variable {
        case "name": name
        case "Type": typeName
        case "library": language == .c ? "\(name).so" : ".build/release/lib\(name).so"
        case "dependency": dependency
        case "vendored":
            tally == .enclosed
                ? "\n- `Tally` is what it needs of Tally, for this version of it; leave it as it is."
                : ""
        default: preconditionFailure("no template has {{\(variable)}}")
        }
    }

    private var dependency: String {
        switch tally {
        case .enclosed: #".package(name: "tally", path: "Tally")"#
        case .folder(let path): ".package(name: \"tally\", path: \(Self.literal(path)))"
        case .repository(let url): ".package(url: \(Self.literal(url)), branch: \"main\")"
        }
    }

    /// `my-filter` is `MyFilterPlugin`: no module of the toolchain's is called so.
    private var typeName: String {
        let words = name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }
        let camel = words.joined()
        return camel.hasSuffix("Plugin") ? camel : camel + "Plugin"
    }

    private static func literal(_ text: String) -> String {
        let escaped = text.map { character in
            switch character {
            case "\\", "\"": "\\\(character)"
            default: "\(character)"
            }
        }
        return "\"\(escaped.joined())\""
    }
}
