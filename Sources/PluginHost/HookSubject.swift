// SPDX-License-Identifier: Apache-2.0

/// Who and what a hook is called about; see `tally_call` in the header.
package struct HookSubject: Sendable {
    /// The client's connection on this worker; 0 where no client is concerned.
    package var session: UInt64 = 0
    package var user: String = ""
    package var client: String = ""
    package var name: String = ""
    /// Without its port.
    package var address: String = ""
    /// The token's `info` as JSON text; empty when there is none.
    package var info: [UInt8] = []
    package var channel: String = ""
    package var stream: String = ""
    /// The header's `TALLY_MAY_` bits.
    package var permissions: UInt32 = 0
    /// What the hook is about, an object as JSON text; empty counts as `{}`.
    package var data: [UInt8] = []
    package var http: HookHTTPRequest?

    package init() {}
}

/// A request under `/plugins/<plugin>/`.
package struct HookHTTPRequest: Sendable {
    /// As it was sent.
    package var method: String
    /// After `/plugins/<plugin>`, percent-decoded; starts with a slash.
    package var path: String
    /// After the question mark, as it was sent.
    package var query: String
    /// Names in lower case, each once.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(
        method: String,
        path: String,
        query: String,
        headers: [(name: String, value: String)],
        body: [UInt8]
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }
}
