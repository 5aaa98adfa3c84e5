// SPDX-License-Identifier: Apache-2.0

import ClientProtocol
import HTTP
import Manifest
import WebServer
import WebSocket

extension WebServerLimits {
    init(configuration: Configuration) {
        let http = configuration.http
        let client = configuration.client
        self.init(
            http: HTTPLimits(
                maximumRequestLineByteCount: http.maximumRequestLineByteCount,
                maximumHeaderByteCount: http.maximumHeaderByteCount,
                maximumHeaderFieldCount: http.maximumHeaderCount,
                maximumBodyByteCount: http.maximumBodyByteCount
            ),
            webSocket: WebSocketLimits(
                maximumMessageByteCount: client.maximumMessageByteCount
            )
        )
        compression = configuration.delivery.compression ? .deflate : .none
        minimumDeflatedByteCount = configuration.delivery.minimumCompressedByteCount
        maximumConnectionCount = client.maximumConnections
        maximumConnectionCountPerAddress = client.maximumConnectionsPerAddress
        maximumAcceptCountPerSecond = client.maximumNewConnectionsPerSecond
        maximumUnsentByteCount = client.maximumUnsentByteCount
        maximumUnsentAge = client.maximumUnsentAge
        slowClosePayload = ClosePayload(
            code: CloseCode(rawValue: Disconnect.slow.rawValue),
            reason: Disconnect.slow.reason
        )
        handshakeTimeout = configuration.tls.handshakeTimeout
        requestHeadTimeout = http.headerTimeout
        requestBodyTimeout = http.bodyTimeout
        keepAliveTimeout = http.keepAliveTimeout
        closeHandshakeTimeout = http.closeTimeout
    }
}
