// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// How a measurement's figures are printed.
struct BenchOutput: ParsableArguments {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case table
        case json
    }

    @Option(help: "How to print the figures: table or json.")
    var format = Format.table

    @Flag(help: "The same as --format json.")
    var json = false

    var isJSON: Bool { json || format == .json }
}
