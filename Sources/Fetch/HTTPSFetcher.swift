// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// Fetches small documents over HTTPS with libcurl, one at a time, without holding up the loop.
///
/// Nothing is followed, stored or sent along: no redirect, no cookie, no proxy of the environment.
/// The server's certificate and name are checked. Plain HTTP is for the machine itself only.
package final class HTTPSFetcher {
    package struct Limits: Hashable, Sendable {
        /// Bytes of an answer's body.
        package var maximumByteCount: Int
        /// From the first look at the name to the last byte.
        package var timeout: Duration

        package init(maximumByteCount: Int, timeout: Duration = .seconds(10)) {
            self.maximumByteCount = maximumByteCount
            self.timeout = timeout
        }
    }

    /// A fetch is rare and short, so its progress is looked at rather than waited for.
    private static let pollInterval = Duration.milliseconds(20)

    private let loop: EventLoop
    private let limits: Limits
    private let certificateAuthorities: String?
    private var transfer: Transfer?

    /// - Parameters:
    ///   - loop: Where the transfers advance and `then` is called.
    ///   - limits: Of every fetch.
    ///   - certificateAuthorities: A PEM file in the place of the system's.
    package init(loop: EventLoop, limits: Limits, certificateAuthorities: String? = nil) {
        self.loop = loop
        self.limits = limits
        self.certificateAuthorities = certificateAuthorities
    }

    /// Whether `get` would ask there at all: HTTPS, or HTTP on a loopback address.
    package static func accepts(_ url: String) -> Bool {
        if url.hasPrefix("https://") { return url.utf8.count > "https://".utf8.count }
        return ["http://127.0.0.1", "http://[::1]", "http://localhost"].contains { origin in
            guard url.hasPrefix(origin) else { return false }
            let port = url.utf8.dropFirst(origin.utf8.count).prefix { $0 != UInt8(ascii: "/") }
            // Nothing but a port: "localhost:x@example.org" names another machine.
            return port.isEmpty
                || port.first == UInt8(ascii: ":")
                    && port.dropFirst().allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
        }
    }

    /// Calls `then` once, later, with the body of a 200 answer or why there is none.
    package func get(
        _ url: String,
        then: @escaping (Result<[UInt8], FetchError>) -> Void
    ) {
        guard transfer == nil else {
            return loop.deferToEndOfTurn { then(.failure(.busy)) }
        }
        guard
            let transfer = Transfer(
                url: url,
                maximumByteCount: limits.maximumByteCount,
                timeout: limits.timeout,
                certificateAuthorities: certificateAuthorities
            )
        else {
            return loop.deferToEndOfTurn { then(.failure(.transfer("out of memory"))) }
        }
        self.transfer = transfer
        poll(transfer, then)
    }

    private func poll(
        _ transfer: Transfer,
        _ then: @escaping (Result<[UInt8], FetchError>) -> Void
    ) {
        loop.schedule(after: Self.pollInterval) { [weak self] in
            guard let self else { return }
            guard let result = transfer.advance() else { return poll(transfer, then) }
            self.transfer = nil
            then(result)
        }
    }
}
