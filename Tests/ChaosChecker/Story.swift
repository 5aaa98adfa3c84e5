// SPDX-License-Identifier: Apache-2.0

/// Tells a violation as the part of the history that shows it.
package struct Story {
    private let history: [HistoryEvent]
    /// More lines than this nobody reads; the first ones tell most.
    private static let maximumLineCount = 40

    package init(_ checker: Checker) {
        history = checker.history
    }

    /// The evidence, and what happened to its clients and processes meanwhile.
    package func lines(of violation: Violation) -> [String] {
        var lines = ["VIOLATED: \(violation.rule.rawValue)", "  \(violation.message)"]
        let chosen = indices(of: violation)
        for index in chosen.prefix(Self.maximumLineCount) {
            let mark = violation.evidence.contains(index) ? ">" : " "
            lines.append("\(mark) \(line(history[index]))")
        }
        if chosen.count > Self.maximumLineCount {
            lines.append("  and \(chosen.count - Self.maximumLineCount) more")
        }
        return lines
    }

    private func indices(of violation: Violation) -> [Int] {
        guard let first = violation.evidence.first, let last = violation.evidence.last else {
            return []
        }
        let clients = Set(violation.evidence.map { history[$0].client })
        // What was broken last before it began is often why.
        let fault = history[..<first].lastIndex { event in
            if case .fault = event.what { true } else { false }
        }
        return (fault.map { [$0] } ?? [])
            + (first...last).filter { index in
                if violation.evidence.contains(index) { return true }
                let event = history[index]
                return switch event.what {
                case .fault, .healed: true
                case .connected, .disconnected: clients.contains(event.client)
                default: false
                }
            }
    }

    package func line(_ event: HistoryEvent) -> String {
        let (seconds, attoseconds) = event.at.components
        let milliseconds = String(1_000 + attoseconds / 1_000_000_000_000_000).dropFirst()
        let who = event.client.isEmpty ? "run" : event.client
        return "\(seconds).\(milliseconds) s  \(who): \(words(event.what))"
    }

    private func words(_ what: HistoryEvent.What) -> String {
        switch what {
        case .fault(let fault, _): "*** \(fault)"
        case .healed: "*** every process serves"
        case .connected(let worker): "connected to worker \(worker)"
        case .disconnected(let reason, _): "disconnected: \(reason)"
        case .sentAway(let reason): "sent away: \(reason)"
        case .subscribed(let answer): words(answer)
        case .delivered(let channel, let entry):
            "saw \(channel) \(entry.offset): \(entry.content.json)"
        case .told(let channel, let text): "saw on \(channel): \(text)"
        case .history(let channel, let epoch, _, let entries),
            .finalHistory(let channel, let epoch, _, let entries):
            "read the history of \(channel) \(epoch): " + range(entries)
        case .asked(let request, let ask): "asked #\(request): \(ask)"
        case .answered(let request, let answer): "was answered #\(request): \(answer)"
        case .quiet: "everyone is there"
        case .counted(let channel, let expected, let seen):
            "\(channel) counts \(seen) viewers of \(expected)"
        case .inventory(let what, let atStart, let now): "\(what): \(now), at the start \(atStart)"
        case .overdue(let what): "overdue: \(what)"
        }
    }

    private func words(_ answer: HistoryEvent.Subscribed) -> String {
        let recovery =
            switch answer.recovered {
            case true?: ", recovered " + range(answer.missed)
            case false?: ", not recovered"
            case nil: ""
            }
        return "subscribed to \(answer.channel) at \(answer.epoch):\(answer.offset)\(recovery)"
    }

    private func range(_ entries: [HistoryEvent.Entry]) -> String {
        guard let first = entries.first, let last = entries.last else { return "nothing" }
        return "\(first.offset) to \(last.offset)"
    }
}
