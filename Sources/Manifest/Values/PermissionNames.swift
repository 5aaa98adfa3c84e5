// SPDX-License-Identifier: Apache-2.0

package import Channels

/// The names of permissions as tokens, manifests and the command line write them.
package enum PermissionNames {
    package static let table: [(name: String, permission: Permissions)] = [
        ("sub", .subscribe), ("pub", .publish), ("hst", .history),
        ("prs", .presence), ("ctl", .control), ("mod", .moderate),
    ]

    package static func permission(named name: String) -> Permissions? {
        table.first { $0.name == name }?.permission
    }

    package static func names(of permissions: Permissions) -> [String] {
        table.filter { permissions.contains($0.permission) }.map(\.name)
    }
}
