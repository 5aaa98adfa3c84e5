// SPDX-License-Identifier: Apache-2.0

import Channels

/// Turns a capability's channel into what it says about stream ids.
enum StreamPatterns {
    private static let prefix = Array("live:".utf8)
    private static let wildcard = UInt8(ascii: "*")

    /// What may follow `live:` in a name that `channel` covers: `live:a*` → `a*`, `*` → `*`.
    static func of(_ channel: String, match: Capability.Match) -> [String] {
        let pattern = Array(channel.utf8)
        switch match {
        case .exact:
            let id = String(decoding: pattern.dropFirst(prefix.count), as: UTF8.self)
            return pattern.starts(with: prefix) && StreamID.isValid(id) ? [id] : []
        case .wildcard:
            return remainders(of: pattern)
        }
    }

    /// Walks all ways in which the pattern can take the prefix, as sets of places in it.
    private static func remainders(of pattern: [UInt8]) -> [String] {
        var places = skippingWildcards([0], in: pattern)
        for byte in prefix {
            var next: [Int] = []
            for place in places where place < pattern.count {
                if pattern[place] == wildcard {
                    next.append(place)
                } else if pattern[place] == byte {
                    next.append(place + 1)
                }
            }
            places = skippingWildcards(next, in: pattern)
        }
        return places.filter { place in
            // What a wildcard before it covers needs no line of its own.
            place < pattern.count
                && !(place > 0 && pattern[place - 1] == wildcard
                    && places.contains(place - 1))
        }.map { String(decoding: pattern[$0...], as: UTF8.self) }
    }

    /// The places, with those that a wildcard which stands for nothing leads to.
    private static func skippingWildcards(_ places: [Int], in pattern: [UInt8]) -> [Int] {
        var all: [Int] = []
        for start in places {
            var place = start
            while !all.contains(place) {
                all.append(place)
                guard place < pattern.count, pattern[place] == wildcard else { break }
                place += 1
            }
        }
        return all
    }
}
