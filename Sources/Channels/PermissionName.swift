// SPDX-License-Identifier: Apache-2.0

/// The words for permissions, in a capability's `allow`, in manifests and on the command line.
package enum PermissionName: String, CaseIterable, Sendable {
    case subscribe = "sub"
    case publish = "pub"
    case history = "hst"
    case presence = "prs"
    case control = "ctl"
    case moderate = "mod"

    package var permission: Permissions {
        switch self {
        case .subscribe: .subscribe
        case .publish: .publish
        case .history: .history
        case .presence: .presence
        case .control: .control
        case .moderate: .moderate
        }
    }

    /// The words for a set of permissions.
    package static func names(of permissions: Permissions) -> [PermissionName] {
        allCases.filter { permissions.contains($0.permission) }
    }
}
