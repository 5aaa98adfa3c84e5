// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong with what the operator asked for, and where it stands.
package struct ConfigurationProblem: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        /// Line and column count from 1; the column in Unicode code points.
        case file(path: String, line: Int, column: Int)
        case wholeFile(path: String)
        case environment(name: String)
        case flag(name: String)
        /// Neither file nor override holds the value: a default does.
        case defaults
    }

    package let source: Source
    package let message: String

    package init(_ source: Source, _ message: String) {
        self.source = source
        self.message = message
    }
}

extension ConfigurationProblem: CustomStringConvertible {
    /// `FILE:LINE:COLUMN: message`, the form that editors jump to.
    package var description: String {
        switch source {
        case .file(let path, let line, let column): "\(path):\(line):\(column): \(message)"
        case .wholeFile(let path): "\(path): \(message)"
        case .environment(let name): "environment variable \(name): \(message)"
        case .flag(let name): "\(name): \(message)"
        case .defaults: message
        }
    }
}

/// All that is wrong, in the order of the file, so that one run shows everything to mend.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    package let problems: [ConfigurationProblem]

    package init(_ problems: [ConfigurationProblem]) {
        self.problems = problems
    }

    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
