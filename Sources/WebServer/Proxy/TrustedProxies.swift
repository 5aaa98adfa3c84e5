// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// Whom a server believes about who its clients are.
package struct TrustedProxies: Sendable {
    package var networks: [Network]
    package var field: ForwardedClient.Field

    package init(networks: [Network] = [], field: ForwardedClient.Field = .none) {
        self.networks = networks
        self.field = field
    }

    func contains(_ address: SocketAddress) -> Bool {
        networks.contains { $0.contains(address) }
    }
}
