// SPDX-License-Identifier: Apache-2.0

/// Patterns over channel names and stream ids: `*` stands for any run of characters, also none.
package enum NamePattern {
    package static func isExact(_ pattern: String) -> Bool {
        !pattern.utf8.contains(wildcard)
    }

    /// Whether the whole of `name` matches `pattern`.
    ///
    /// Goes back to the last `*` only, so the cost is at most the product of both lengths, which
    /// the limits on names hold under 255 × 255 byte comparisons.
    package static func matches(_ pattern: String, _ name: String) -> Bool {
        let pattern = pattern.utf8
        let name = name.utf8
        var patternIndex = pattern.startIndex
        var nameIndex = name.startIndex
        var retry: (afterWildcard: String.Index, name: String.Index)?
        while nameIndex < name.endIndex {
            if patternIndex < pattern.endIndex, pattern[patternIndex] == wildcard {
                patternIndex = pattern.index(after: patternIndex)
                retry = (patternIndex, nameIndex)
            } else if patternIndex < pattern.endIndex, pattern[patternIndex] == name[nameIndex] {
                patternIndex = pattern.index(after: patternIndex)
                nameIndex = name.index(after: nameIndex)
            } else if let last = retry {
                // Let the last `*` stand for one character more.
                nameIndex = name.index(after: last.name)
                patternIndex = last.afterWildcard
                retry = (last.afterWildcard, nameIndex)
            } else {
                return false
            }
        }
        return pattern[patternIndex...].allSatisfy { $0 == wildcard }
    }

    private static let wildcard = UInt8(ascii: "*")
}
