// SPDX-License-Identifier: Apache-2.0

/// The version of this build, as `--version`, `connect` and the log say it.
package enum TallyVersion {
    package static let text = "0.1.0"
}
