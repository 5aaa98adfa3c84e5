// SPDX-License-Identifier: Apache-2.0

import Yams

/// Says what is wrong with a text that is not YAML at all.
enum YAMLProblem {
    static func translate(_ error: any Error, path: String, text: String) -> ConfigurationProblem {
        func located(_ mark: Mark, _ message: String) -> ConfigurationProblem {
            ConfigurationProblem(
                .file(path: path, line: mark.line, column: mark.column),
                message
            )
        }
        guard let error = error as? YamlError else {
            return ConfigurationProblem(.wholeFile(path: path), "not readable as YAML")
        }
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let prefix = context.map { "\($0.text): " } ?? ""
            return located(mark, "not YAML: \(prefix)\(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "\"\($0)\"" }.joined(separator: ", ")
            return located(context.mark, "the same key is there twice: \(names)")
        case .reader(let problem, let offset, _, _):
            let before = offset.map { text.prefix($0) } ?? ""
            let line = before.count { $0.isNewline } + 1
            let column = before.reversed().prefix { !$0.isNewline }.count + 1
            return ConfigurationProblem(
                .file(path: path, line: line, column: column),
                "not YAML: \(problem)"
            )
        default:
            return ConfigurationProblem(.wholeFile(path: path), "not readable as YAML")
        }
    }
}
