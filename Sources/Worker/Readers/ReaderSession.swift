// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HTTP
import Reactor
import WebServer

/// A client that reads one channel over plain HTTP, for want of a WebSocket.
///
/// It connects and subscribes as every other session does, under the same rules. It lives as long as its
/// TCP connection: a stream of events is one answer, and polls on a connection that is kept go on with
/// the subscription of the first.
final class ReaderSession: Session {
    weak var gateway: ClientGateway?
    /// What it asked last; nil before it asked anything.
    private(set) var asked: ReaderRequest?
    /// Of the request of `asked` what the answer depends on, its origin and host, while it is not
    /// answered: a crowd that waits keeps no more of it.
    private(set) var request: HTTPRequest?
    /// Under which the server takes the answer, or its end where it is a stream.
    var answer: PendingAnswer?
    /// Of a poll that waits for news.
    var timer: TimerID?
    /// What a poll that waits is told in the end, where it could not go on from the position it named.
    private(set) var beginning: SubscribeResult?
    /// Whose requests these are: a proxy may send those of many over one connection.
    private(set) var host: SocketAddress?
    /// Whether a plugin has subscribed it, whatever its token allows.
    var isGranted = false
    /// Whether the poll has waited for long enough, or must not.
    var waitIsOver = false

    var kind: ReaderRequest.Kind { asked?.kind ?? .poll }
    var channelName: String { asked?.channel ?? "" }
    var isStream: Bool { kind == .events }
    /// From where a poll that waits has missed nothing.
    var standsAt: Position? { beginning?.position ?? asked?.since }
    /// Its own, though the connection may be carrying another's request by now.
    override var peer: SocketAddress { host ?? super.peer }
    /// Plain polls come and go: only who holds a stream open is watching.
    override var isViewer: Bool { isStream }

    func take(_ asked: ReaderRequest, _ request: HTTPRequest, _ answer: PendingAnswer?) {
        self.asked = asked
        self.request = Self.essence(of: request)
        host = connection.peer.withPort(0)
        self.answer = answer
        waitIsOver = asked.wait == .zero
        beginning = nil
    }

    /// Whether it is to wait, although it begins anew: nothing was lost, since nothing was ever said.
    ///
    /// A channel in which nothing was said yet gets another epoch each time that its last reader leaves.
    /// Whoever polls it by a new connection each time names an epoch that is over, and would otherwise
    /// ask without a pause.
    func waits(at beginning: SubscribeResult) -> Bool {
        guard self.beginning == nil, beginning.isRecoverable, beginning.recovered == false,
            asked?.since?.offset == 0, beginning.position.offset == 0
        else { return false }
        self.beginning = beginning
        return true
    }

    private static func essence(of request: HTTPRequest) -> HTTPRequest {
        var headers: HTTPHeaders = ["Host": request.host]
        if let origin = request.headers["Origin"] { headers.append("Origin", origin) }
        return HTTPRequest(
            method: request.method,
            target: RequestTarget(path: "/"),
            version: request.version,
            headers: headers
        )
    }

    /// The answer that is to be given now.
    func takeAnswer() -> PendingAnswer? {
        defer { answer = nil }
        return answer
    }

    /// It has its answer, or its head.
    func forgetRequest() { request = nil }

    /// Passes news on: as an event that all streams of the channel share, or to wake a poll.
    override func push(_ frame: FanOutFrame) {
        guard case .connected = phase else { return }
        guard isStream else {
            if timer != nil { gateway?.wake(self) }
            return
        }
        guard connection.unsentByteCount > 0 else { return connection.send(frame.event) }
        for part in frame.eventParts { connection.send(part) }
    }
}
