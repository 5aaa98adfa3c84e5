// SPDX-License-Identifier: Apache-2.0

/// Finds what someone probably meant.
package enum NearestName {
    /// The candidate that the fewest edits make of `name`.
    ///
    /// - Returns: nil when even the nearest is a different word: more than a third of it changed.
    package static func nearest(to name: String, among candidates: [String]) -> String? {
        // Keys are short; a long unknown one is not a misspelling and not worth a matrix.
        let maximumNameLength = 64
        guard name.count <= maximumNameLength else { return nil }
        let best =
            candidates
            .map { (name: $0, distance: editDistance(name, $0)) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        guard let best, best.distance <= max(2, best.name.count / 3) else { return nil }
        return best.name
    }

    /// Insertions, deletions, substitutions and swaps of neighbours between two words.
    package static func editDistance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let substitution = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(substitution, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
