// SPDX-License-Identifier: Apache-2.0

/// What the hub has counted since it last said.
package struct HubFigures: Hashable, Sendable {
    package var requests = 0
    package var publications = 0
    package var recoveries = 0
    package var failedRecoveries = 0
    package var linkErrors = 0

    package init() {}
}
