// SPDX-License-Identifier: Apache-2.0

package import TallyPlugin

/// Rejects, masks or holds comments by lists of words and regular expressions.
package final class WordFilterPlugin: Plugin, AsyncCommentHook, AsyncRPCHook {
    package static let about = About(
        name: "word-filter",
        version: "1.0.0",
        summary: "Rejects, masks or holds comments by lists of words and regular expressions.",
        settingsSchema: WordFilterSettings.schema
    )

    private let host: Host
    private let settings: WordFilterSettings
    private let held: HeldComments
    private var filter: Filter
    private var versions: [ListFile.Version?]
    /// The rules that took too long and were told of since the lists were read.
    private var complained: Set<String> = []
    private var isLooking = false

    package init(host: Host, settings: WordFilterSettings) throws {
        self.host = host
        self.settings = settings
        held = HeldComments(host: host, maximumCount: settings.heldMaximum)
        (filter, versions) = try settings.load()
        tellCounts()
        let interval = Duration.seconds(settings.reloadSeconds)
        try host.startTimer(after: interval, every: interval) { [unowned self] in look() }
    }

    package func selfTest() throws {
        let text = FoldedText("\u{FF22}\u{430}\u{301}D")
        guard text.words == Array("bad".utf16) else {
            throw ListFile.Problem(description: "ICU does not fold as expected")
        }
    }

    package func comment(_ call: CommentCall) async -> CommentVerdict {
        if settings.exemptModerators, call.permissions.contains(.moderate) { return .allow }
        let text = FoldedText(call.text)
        let filter = filter
        var findings = filter.findWords(in: text)
        if filter.hasRegexes, !findings.contains(where: { $0.action == .reject }) {
            do {
                let result = try await host.offLoop { filter.findRegexes(in: text) }
                findings += result.findings
                complain(of: result.gaveUp)
            } catch {
                // The pool is full: words have been looked for, and the comment goes on without more.
                host.count("regexes_skipped")
            }
        }
        return await decide(call, findings)
    }

    private func decide(_ call: CommentCall, _ findings: [Filter.Finding]) async -> CommentVerdict {
        guard let worst = findings.max(by: { $0.action < $1.action }) else { return .allow }
        switch worst.action {
        case .mask:
            host.count("masked")
            return .replace(Filter.mask(call.text, findings, with: settings.maskCharacter))
        case .reject:
            host.count("rejected")
            return .reject(settings.message, code: WordFilterSettings.rejectedCode)
        case .hold:
            guard await held.keep(call, rule: worst.rule) else {
                host.count("rejected")
                return .reject(settings.message, code: WordFilterSettings.rejectedCode)
            }
            host.count("held")
            return .reject(settings.holdMessage, code: WordFilterSettings.heldCode)
        }
    }

    private func complain(of rules: [String]) {
        guard !rules.isEmpty else { return }
        host.count("regexes_given_up", adding: UInt64(rules.count))
        for rule in rules where complained.insert(rule).inserted {
            host.log(
                "regular expression takes too long and was skipped",
                ["rule": .string(rule)],
                level: .warning
            )
        }
    }

    package func rpc(_ call: RPCCall) async -> RPCVerdict {
        guard call.permissions.contains(.moderate), !call.stream.isEmpty else {
            return .reject("needs \"stream\", and the right to moderate it", code: 1_003)
        }
        do {
            let data = call.content.data ?? [:]
            switch call.content.name {
            case "held":
                return .result(try await held.list(call.stream, after: data["after"]?.string))
            case "release":
                return .result(try await held.release(call.stream, data["id"]?.string ?? ""))
            case "drop": return .result(try await held.drop(call.stream, data["id"]?.string ?? ""))
            default: return .reject("no such method", code: 1_004)
            }
        } catch .refused(let code, let message) where 1_000...1_999 ~= code || code == 405 {
            return .reject(message, code: code)
        } catch {
            host.log("cannot do it", ["error": .string("\(error)")], level: .warning)
            return .reject("the node refused: \(error)", code: 1_005)
        }
    }

    // MARK: Reload

    /// Looks for changes off the loop, and takes the new lists if all of them are right.
    private func look() {
        guard !isLooking else { return }
        isLooking = true
        let settings = settings
        let known = versions
        Task {
            defer { isLooking = false }
            let look = try? await host.offLoop { () -> Look in
                // Before the contents: a file that changes meanwhile is read once more.
                let versions = settings.versions()
                guard versions != known else { return .unchanged }
                return .changed(versions, Result { try settings.load().filter })
            }
            // Without a look there was too much to do, or it is over.
            guard case .changed(let versions, let result) = look else { return }
            self.versions = versions
            take(result)
        }
    }

    private enum Look: Sendable {
        case unchanged
        case changed([ListFile.Version?], Result<Filter, any Error>)
    }

    private func take(_ result: Result<Filter, any Error>) {
        switch result {
        case .success(let filter):
            self.filter = filter
            complained = []
            tellCounts()
            host.log("lists reloaded")
        case .failure(let error):
            // Told once for each state of the files.
            host.count("reloads_failed")
            host.log(
                "lists not reloaded, the old ones stay",
                ["error": .string("\(error)")],
                level: .error
            )
        }
    }

    private func tellCounts() {
        host.setGauge("words", to: Int64(filter.sources.reduce(0) { $0 + $1.list.wordCount }))
        host.setGauge("regexes", to: Int64(filter.sources.reduce(0) { $0 + $1.list.regexes.count }))
    }
}
