// SPDX-License-Identifier: Apache-2.0

import Channels

/// Which streams have a broadcaster's connection: a count for every id and pattern that the
/// attached sessions may control.
struct ControllerTable: Sendable {
    private var exact: [String: Int] = [:]
    private var patterns: [String: Int] = [:]

    func controls(_ stream: String) -> Bool {
        exact[stream] != nil || patterns.keys.contains { NamePattern.matches($0, stream) }
    }

    /// Answers what is controlled now and was not before.
    mutating func add(_ names: [String]) -> [String] {
        names.filter { name in
            if NamePattern.isExact(name) {
                exact[name, default: 0] += 1
                return exact[name] == 1
            }
            patterns[name, default: 0] += 1
            return patterns[name] == 1
        }
    }

    /// Answers what nobody controls any more by this name or pattern.
    mutating func remove(_ names: [String]) -> [String] {
        names.filter { name in
            if NamePattern.isExact(name) { return Self.decrease(name, &exact) }
            return Self.decrease(name, &patterns)
        }
    }

    private static func decrease(_ name: String, _ counts: inout [String: Int]) -> Bool {
        guard let count = counts[name] else { return false }
        counts[name] = count > 1 ? count - 1 : nil
        return count == 1
    }
}
