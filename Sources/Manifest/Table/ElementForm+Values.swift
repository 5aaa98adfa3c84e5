// SPDX-License-Identifier: Apache-2.0

extension ListenEntry {
    /// `address: ..., tls: true, proxy_protocol: false, mode: 0660`.
    static let elementForm = ElementForm(
        keys: ["address", "tls", "proxy_protocol", "mode"],
        required: ["address"],
        compose: { (values: [String: String]) throws(InvalidValue) in
            var words = [values["address"] ?? ""]
            for name in ["tls", "proxy_protocol"] {
                switch values[name] {
                case "true": words.append(name)
                case "false", nil: break
                case .some(let other): throw .expected("\(name) to be true or false", found: other)
                }
            }
            if let mode = values["mode"] {
                guard words[0].hasPrefix("unix:") else {
                    throw InvalidValue("mode is for unix: addresses alone")
                }
                words.append("mode=" + mode)
            }
            return words.joined(separator: " ")
        }
    )
}

extension CertificateFiles {
    /// `certificate: FILE, key: FILE`.
    static let elementForm = ElementForm(
        keys: ["certificate", "key"],
        required: ["certificate", "key"],
        compose: { (values: [String: String]) throws(InvalidValue) in
            (values["certificate"] ?? "") + ":" + (values["key"] ?? "")
        }
    )
}
