// SPDX-License-Identifier: Apache-2.0

import Yams

/// Keys, values and complaints.
extension ManifestReader {
    mutating func readKey(_ node: Node) -> String? {
        guard case .scalar(let scalar) = node else {
            report("expected a key's name", at: node)
            return nil
        }
        return scalar.string
    }

    mutating func read<Root>(
        _ setting: Setting<Root>,
        from node: Node,
        into path: WritableKeyPath<ManifestReader, Root>
    ) {
        if Root.self == Configuration.self { positions[setting.key] = node.mark }
        var texts: [String] = []
        var nodes: [Node] = []
        switch (setting.shape, node) {
        case (_, .scalar(let scalar)) where !isNothing(node):
            // One scalar also stands for a list of one.
            texts = [scalar.string]
            nodes = [node]
        case (.list, .sequence(let sequence)):
            for element in sequence {
                guard let text = text(of: element, setting) else { return }
                if Configuration.fileListKeys.contains(setting.key) {
                    positions["\(setting.key)/\(nodes.count)"] = element.mark
                }
                texts.append(text)
                nodes.append(element)
            }
        default:
            report(
                "\(setting.key): expected \(setting.expected), found \(kind(of: node))",
                at: node
            )
            return
        }
        do throws(InvalidValue) {
            try setting.apply(&self[keyPath: path], texts)
        } catch {
            let place = error.element.flatMap { nodes.indices.contains($0) ? nodes[$0] : nil }
            report("\(setting.key): \(error.reason)", at: place ?? node)
        }
    }

    /// An element of a list in its notation on one line; nil after a complaint.
    private mutating func text<Root>(of node: Node, _ setting: Setting<Root>) -> String? {
        if case .scalar(let scalar) = node { return scalar.string }
        guard let form = setting.element, let mapping = node.mapping else {
            report("\(setting.key): expected \(setting.expected)", at: node)
            return nil
        }
        var values: [String: String] = [:]
        for (keyNode, value) in mapping {
            guard let key = readKey(keyNode) else { return nil }
            guard form.keys.contains(key) else {
                reportUnknown(
                    key,
                    at: keyNode,
                    among: form.keys,
                    in: "an element of \(setting.key)",
                    of: Configuration.settings
                )
                return nil
            }
            guard case .scalar(let scalar) = value, !isNothing(value) else {
                report("\(setting.key): \(key): expected one value", at: value)
                return nil
            }
            values[key] = scalar.string
        }
        for key in form.required where values[key] == nil {
            report("\(setting.key): an element needs \"\(key):\"", at: node)
            return nil
        }
        do throws(InvalidValue) {
            return try form.compose(values)
        } catch {
            report("\(setting.key): \(error.reason)", at: node)
            return nil
        }
    }

    func isNothing(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private func kind(of node: Node) -> String {
        switch node {
        case .mapping: "keys with values"
        case .sequence: "a list"
        default: "nothing"
        }
    }

    /// Says so, and what was probably meant: a known key, or one of `table` that has another group.
    mutating func reportUnknown<Root>(
        _ key: String,
        at node: Node,
        among known: [String],
        in group: String?,
        of table: [Setting<Root>]
    ) {
        let place = group.map { " in \($0)" } ?? ""
        let hint: String
        if let nearest = NearestName.nearest(to: key, among: known) {
            hint = "did you mean \"\(nearest)\"?"
        } else if let elsewhere = table.first(where: {
            $0.key == key || $0.key.splitGroup?.name == key
        }) {
            hint = "did you mean \"\(elsewhere.key)\", which is written under its group?"
        } else {
            hint = "known are " + known.joined(separator: ", ")
        }
        report("unknown key \"\(key.prefix(60))\"\(place); \(hint)", at: node)
    }

    /// nil: the file as a whole.
    mutating func report(_ message: String, at node: Node?) {
        let mark = node?.mark
        problems.append(
            ConfigurationProblem(
                .file(path: path, line: mark?.line ?? 1, column: mark?.column ?? 1),
                message
            )
        )
    }
}

extension String {
    /// `group.name` in its two parts; nil for a key at the top.
    var splitGroup: (group: String, name: String)? {
        guard let dot = firstIndex(of: ".") else { return nil }
        return (String(self[..<dot]), String(self[index(after: dot)...]))
    }
}
