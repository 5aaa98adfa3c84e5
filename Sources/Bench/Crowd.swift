// SPDX-License-Identifier: Apache-2.0

import Channels
package import Client
import JSON
package import Reactor
package import TLS

/// Viewers of one stream, all on one loop.
package final class Crowd {
    /// Connections that are on their way at once: more would only wait in the accept queue.
    private static let maximumConnecting = 200

    package private(set) var viewers: [Client] = []
    /// Viewers whose subscription is answered.
    package private(set) var subscribedCount = 0
    /// Connections lost so far; each client comes back by itself.
    package private(set) var disconnectCount = 0
    /// When the first connection was lost, and when the last viewer was subscribed.
    package private(set) var firstLossAt: MonotonicTime?
    package private(set) var lastSubscribedAt: MonotonicTime?
    /// How many viewers each node's name says it serves.
    package private(set) var viewersByNode: [String: Int] = [:]
    /// Called with the viewer's node for every publication that one of them sees.
    package var onPublication: ((_ node: String, Publication) -> Void)?

    private let loop: EventLoop
    private let url: ServerURL
    private let channel: String
    private let token: String
    private let security: TLSClient?
    private let buffer = ReceiveBuffer()

    /// The token is every viewer's; empty: they are anonymous.
    package init(
        loop: EventLoop,
        url: ServerURL,
        channel: String,
        token: String,
        security: TLSClient? = nil
    ) {
        self.security = security
        self.loop = loop
        self.url = url
        self.channel = channel
        self.token = token
    }

    /// Connects and subscribes this many more viewers.
    ///
    /// - Throws: `BenchError.timedOut` when they are not all there within the limit.
    package func gather(_ count: Int, within limit: Duration) throws {
        let target = subscribedCount + count
        let deadline = MonotonicTime.now() + limit
        while subscribedCount < target {
            while viewers.count < min(target, subscribedCount + Self.maximumConnecting) {
                addViewer()
            }
            guard MonotonicTime.now() < deadline else {
                throw BenchError.timedOut("\(subscribedCount) of \(target) viewers came")
            }
            try loop.runOnce(maximumWait: .milliseconds(100))
        }
    }

    /// Lets the viewers be, for as long as told: a time to kill or to reload the server.
    package func hold(for duration: Duration) throws {
        let end = MonotonicTime.now() + duration
        while MonotonicTime.now() < end {
            try loop.runOnce(maximumWait: .milliseconds(100))
        }
    }

    private func addViewer() {
        var options = ClientOptions()
        let token = token
        options.token = { token }
        options.security = security
        let viewer = Client(loop: loop, url: url, options: options, buffer: buffer)
        var node = ""
        viewer.onEvent = { [unowned self] event in
            switch event {
            case .connected(let reply):
                node = reply["node"]?.string ?? ""
            case .subscribed:
                subscribedCount += 1
                lastSubscribedAt = .now()
                viewersByNode[node, default: 0] += 1
            case .disconnected:
                disconnectCount += 1
                if firstLossAt == nil { firstLossAt = .now() }
            case .publication(_, let publication):
                onPublication?(node, publication)
            default:
                break
            }
        }
        viewers.append(viewer)
        viewer.start()
        viewer.subscribe(ClientCommand.Subscribe(channel: channel))
    }
}

/// Why a measurement has no result.
package enum BenchError: Error, CustomStringConvertible {
    case timedOut(String)
    case refused(String)
    case noStatus(String)

    package var description: String {
        switch self {
        case .timedOut(let what): "timed out: \(what)"
        case .refused(let what): "refused: \(what)"
        case .noStatus(let what): what
        }
    }

    /// What to do about it; empty where the words say it.
    package var advice: String {
        switch self {
        case .noStatus: "name a running Tally's folder with --data, or its processes with --pid"
        case .timedOut, .refused: ""
        }
    }
}
