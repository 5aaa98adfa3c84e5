// SPDX-License-Identifier: Apache-2.0

import Manifest
import WebServer

extension TrustedProxies {
    init(_ settings: ProxySettings) {
        let field: ForwardedClient.Field =
            switch settings.header {
            case .none: .none
            case .xForwardedFor: .xForwardedFor
            case .forwarded: .forwarded
            }
        self.init(networks: settings.trusted, field: field)
    }
}
