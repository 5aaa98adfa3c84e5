// SPDX-License-Identifier: Apache-2.0

import StatusPage

/// How an operator's request went, as it goes over the supervisor's socket: the exit status of the
/// command as a line, then the lines for whoever gave it.
package struct OperatorAnswer: Hashable, Sendable {
    /// Most bytes of an answer; a manifest's problems are bounded, this is ample for them.
    package static let maximumByteCount = 64 * 1_024

    /// 0: done.
    package let status: Int32
    package let lines: [String]

    package init(status: Int32, lines: [String]) {
        self.status = status
        self.lines = lines
    }

    /// Cut at the end where it is too long.
    var encoded: [UInt8] {
        Array((["\(status)"] + lines).joined(separator: "\n").utf8.prefix(Self.maximumByteCount))
    }

    /// nil: something else than an answer.
    init?(decoding bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
        guard let first = lines.first, let status = Int32(first) else { return nil }
        self.init(status: status, lines: Array(lines.dropFirst()))
    }
}

/// What an operator may ask of a supervisor that runs.
package enum OperatorRequest: Hashable, Sendable {
    /// As by SIGHUP.
    case reload
    /// As by SIGUSR2.
    case upgrade
    /// End a plugin's quarantine.
    case release(plugin: String)

    /// As it goes over the socket, without the end of its line.
    package var text: String {
        switch self {
        case .reload: "reload"
        case .upgrade: "upgrade"
        case .release(let plugin): "release \(plugin)"
        }
    }

    /// For people: the reload.
    package var noun: String {
        if case .release(let plugin) = self { return "release of \(plugin)" }
        return text
    }

    /// nil: something else than a request.
    init?(text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        switch (words.first, words.count) {
        case ("reload", 1): self = .reload
        case ("upgrade", 1): self = .upgrade
        case ("release", 2) where PluginPlace.isName(words[1]): self = .release(plugin: words[1])
        default: return nil
        }
    }
}
