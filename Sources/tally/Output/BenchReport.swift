// SPDX-License-Identifier: Apache-2.0

import Bench
import Histogram
import JSON

/// The figures of a measurement, for people and for programs.
struct BenchReport {
    enum Figure {
        case count(Int)
        /// Rounded to three places.
        case number(Double)
        case text(String)
    }

    private enum Row {
        case figure(key: String, words: String, Figure, unit: String)
        case latency(key: String, words: String, Histogram<UInt64>)
    }

    private var rows: [Row] = []

    /// The key names the unit, too, for programs.
    mutating func append(_ key: String, _ words: String, _ figure: Figure, unit: String = "") {
        rows.append(.figure(key: key, words: words, figure, unit: unit))
    }

    /// Percentiles of microseconds.
    mutating func append(_ key: String, _ words: String, _ latency: Histogram<UInt64>) {
        rows.append(.latency(key: key, words: words, latency))
    }

    /// Microseconds of each of the server's processes, for each of so many.
    mutating func append(
        processorTimes: [(name: String, nanoseconds: UInt64)],
        per count: Int,
        named name: String
    ) {
        let total = processorTimes.reduce(0) { $0 + $1.nanoseconds }
        append("server_cpu_ms", "server: processor time", .number(Double(total) / 1e6), unit: "ms")
        guard count > 0 else { return }
        append(
            "server_cpu_us_per_\(name)",
            "server: processor time per \(name)",
            .number(Double(total) / 1e3 / Double(count)),
            unit: "µs"
        )
        for process in processorTimes {
            append(
                "server_cpu_us_per_\(name)_\(process.name.replacing(" ", with: "_"))",
                "  of which \(process.name)",
                .number(Double(process.nanoseconds) / 1e3 / Double(count)),
                unit: "µs"
            )
        }
    }

    func print(_ output: BenchOutput) {
        if output.isJSON {
            Console.print(String(decoding: json, as: UTF8.self))
        } else {
            // The first line is of titles, which there are none.
            for line in table.lines.dropFirst() { Console.print(line) }
        }
    }

    private static let percentiles: [(key: String, words: String, percentile: Double)] = [
        ("p50", "median", 50), ("p90", "90th percentile", 90), ("p99", "99th percentile", 99),
        ("p999", "99.9th percentile", 99.9), ("max", "longest", 100),
    ]

    private var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        for row in rows {
            switch row {
            case .figure(let key, _, let figure, _):
                json.key(key)
                switch figure {
                case .count(let value): json.integer(value)
                case .number(let value): json.number(Self.rounded(value))
                case .text(let text): json.string(text)
                }
            case .latency(let key, _, let latency):
                json.key(key)
                json.beginObject()
                json.member("count", integer: latency.totalCount)
                if latency.totalCount > 0 {
                    for (name, _, percentile) in Self.percentiles {
                        json.member(
                            name + "_us",
                            integer: latency.valueAtPercentile(percentile)
                        )
                    }
                }
                json.endObject()
            }
        }
        json.endObject()
        return json.bytes
    }

    private var table: Table {
        var table = Table([("", .left), ("", .right), ("", .left)])
        for row in rows {
            switch row {
            case .figure(_, let words, let figure, let unit):
                let text =
                    switch figure {
                    case .count(let value): "\(value)"
                    case .number(let value): "\(Self.rounded(value))"
                    case .text(let text): text
                    }
                table.append([words, text, unit])
            case .latency(_, let words, let latency) where latency.totalCount > 0:
                for (_, name, percentile) in Self.percentiles {
                    let milliseconds = Double(latency.valueAtPercentile(percentile)) / 1_000
                    table.append(["\(words), \(name)", "\(Self.rounded(milliseconds))", "ms"])
                }
            case .latency: break
            }
        }
        return table
    }

    private static func rounded(_ value: Double) -> Double {
        (value * 1_000).rounded() / 1_000
    }
}
