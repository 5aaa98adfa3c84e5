// SPDX-License-Identifier: Apache-2.0

import HTTP

/// A connection's HTTP side, apart from it so that a WebSocket does not carry it along.
final class HTTPExchange {
    var parser: HTTPRequestParser
    var answeredCount = 0

    init(limits: HTTPLimits) {
        parser = HTTPRequestParser(limits: limits)
    }
}
