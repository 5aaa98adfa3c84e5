// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin
import Glibc
import TallyPlugin

/// Lends a `tally_call` to a hook.
struct TestCallBuilder {
    private let caller: TestCaller
    private let ticket: UInt64

    init(_ caller: TestCaller, ticket: UInt64) {
        self.caller = caller
        self.ticket = ticket
    }

    /// All that the call points to is alive until `body` has returned.
    func withCall<Result>(
        _ data: JSON,
        _ http: HTTPRequest?,
        _ body: (UnsafePointer<tally_call>) -> Result
    ) -> Result {
        var texts: [UnsafeMutablePointer<CChar>] = unsafe []
        defer { for index in unsafe texts.indices { unsafe free(texts[index]) } }
        func keep(_ text: String) -> UnsafePointer<CChar>? {
            guard let copy = unsafe strdup(text) else { return nil }
            unsafe texts.append(copy)
            return unsafe UnsafePointer(copy)
        }
        var call = unsafe tally_call()
        unsafe call.struct_size = UInt32(MemoryLayout<tally_call>.size)
        unsafe call.ticket = ticket
        unsafe call.session = caller.session
        unsafe call.time = 1_700_000_000_000
        unsafe call.deadline = 1_700_000_001_000
        unsafe call.user = keep(caller.user)
        unsafe call.client = keep(caller.client)
        unsafe call.name = keep(caller.name)
        unsafe call.address = keep(caller.address)
        unsafe call.stream = keep(caller.stream)
        unsafe call.channel = keep(
            caller.channel ?? (caller.stream.isEmpty ? "" : "live:\(caller.stream)")
        )
        unsafe call.permissions = caller.permissions.rawValue
        let info = unsafe caller.info?.makeValue()
        defer { unsafe json_decref(info) }
        unsafe call.info = UnsafePointer(info)
        return unsafe data.withValue { data in
            unsafe call.data = data
            guard let http else { return unsafe body(&call) }
            return unsafe Self.withRequest(http, keep) { request in
                unsafe call.http = request
                return unsafe body(&call)
            }
        }
    }

    private static func withRequest<Result>(
        _ http: HTTPRequest,
        _ keep: (String) -> UnsafePointer<CChar>?,
        _ body: (UnsafePointer<tally_http_request>) -> Result
    ) -> Result {
        var request = unsafe tally_http_request()
        unsafe request.struct_size = UInt32(MemoryLayout<tally_http_request>.size)
        unsafe request.method = keep(http.method)
        unsafe request.path = keep(http.path)
        unsafe request.query = keep(http.query)
        return unsafe JSON.object(http.headers.mapValues { .string($0) }).withValue { headers in
            unsafe request.headers = headers
            return unsafe http.body.withUnsafeBufferPointer { bytes in
                unsafe request.body = bytes.baseAddress
                unsafe request.body_length = bytes.count
                return unsafe body(&request)
            }
        }
    }
}
