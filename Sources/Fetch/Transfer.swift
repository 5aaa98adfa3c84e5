// SPDX-License-Identifier: Apache-2.0

import CCurl
import Glibc

/// One libcurl transfer: an easy handle in a multi handle, which never blocks.
@safe
final class Transfer {
    /// What libcurl writes into; it lives as long as the transfer.
    private final class Body {
        let maximumByteCount: Int
        var bytes: [UInt8] = []
        var isOversized = false

        init(maximumByteCount: Int) {
            self.maximumByteCount = maximumByteCount
        }

        /// - Returns: how many of them were taken; libcurl ends a transfer when it is not all.
        func take(_ chunk: UnsafeBufferPointer<UInt8>) -> Int {
            guard chunk.count <= maximumByteCount - bytes.count else {
                isOversized = true
                return 0
            }
            unsafe bytes.append(contentsOf: chunk)
            return chunk.count
        }
    }

    /// libcurl wants it once per process, before any thread of its own.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private let body: Body

    init?(
        url: String,
        maximumByteCount: Int,
        timeout: Duration,
        certificateAuthorities: String?
    ) {
        guard Self.isReady, let easy = unsafe curl_easy_init() else { return nil }
        guard let multi = unsafe curl_multi_init() else {
            unsafe curl_easy_cleanup(easy)
            return nil
        }
        unsafe self.easy = unsafe easy
        unsafe self.multi = unsafe multi
        body = Body(maximumByteCount: maximumByteCount)
        let milliseconds = Int(timeout / .milliseconds(1))
        var codes = unsafe [
            tally_curl_set_text(easy, CURLOPT_URL, url),
            tally_curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "https,http"),
            tally_curl_set_text(easy, CURLOPT_PROXY, ""),
            tally_curl_set_text(easy, CURLOPT_USERAGENT, "tally"),
            tally_curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0),
            tally_curl_set_long(easy, CURLOPT_NOSIGNAL, 1),
            tally_curl_set_long(easy, CURLOPT_TIMEOUT_MS, milliseconds),
            tally_curl_set_long(easy, CURLOPT_MAXFILESIZE, maximumByteCount),
            // `body` is kept by this object, which is what cleans the handle up.
            tally_curl_set_sink(
                easy,
                { data, size, count, context in
                    guard let data = unsafe data, let context = unsafe context else { return 0 }
                    let body = unsafe Unmanaged<Body>.fromOpaque(context).takeUnretainedValue()
                    let bytes = unsafe UnsafeRawBufferPointer(start: data, count: size * count)
                    return unsafe body.take(bytes.bindMemory(to: UInt8.self))
                },
                Unmanaged.passUnretained(body).toOpaque()
            ),
        ]
        if let certificateAuthorities {
            unsafe codes.append(
                tally_curl_set_text(easy, CURLOPT_CAINFO, certificateAuthorities)
            )
        }
        guard codes.allSatisfy({ $0 == CURLE_OK }),
            unsafe curl_multi_add_handle(multi, easy) == CURLM_OK
        else { return nil }
    }

    deinit {
        // Harmless for a handle that was never added (curl_multi_remove_handle(3)).
        unsafe curl_multi_remove_handle(multi, easy)
        unsafe curl_easy_cleanup(easy)
        unsafe curl_multi_cleanup(multi)
    }

    /// Does what can be done without waiting; answers the result once there is one.
    func advance() -> Result<[UInt8], FetchError>? {
        var running: Int32 = 0
        guard unsafe curl_multi_perform(multi, &running) == CURLM_OK else {
            return .failure(.transfer("libcurl failed"))
        }
        let outcome = unsafe tally_curl_finished(multi)
        guard outcome >= 0 else { return nil }
        guard !body.isOversized, outcome != CURLE_FILESIZE_EXCEEDED.rawValue else {
            return .failure(.oversized)
        }
        guard outcome == CURLE_OK.rawValue else {
            let words = unsafe curl_easy_strerror(CURLcode(rawValue: UInt32(outcome)))
            return .failure(.transfer(unsafe words.map { unsafe String(cString: $0) } ?? "failed"))
        }
        let status = unsafe tally_curl_status(easy)
        return status == 200 ? .success(body.bytes) : .failure(.status(status))
    }
}
