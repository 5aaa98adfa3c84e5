// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// Whom to believe about who a client is.
package struct ProxySettings: Hashable, Sendable {
    package enum Header: String, CaseIterable, Sendable {
        case none
        case xForwardedFor = "x-forwarded-for"
        case forwarded
    }

    /// Where proxies may come from that speak for others.
    package var trusted: [Network] = []
    /// The field in which they say for whom.
    package var header = Header.none

    package init() {}
}
