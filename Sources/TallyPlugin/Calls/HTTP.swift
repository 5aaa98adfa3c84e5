// SPDX-License-Identifier: Apache-2.0

/// An HTTP request under `/plugins/<plugin>/`.
public struct HTTPRequest: Sendable {
    /// `GET`, `POST` and so on, as it was sent.
    public let method: String
    /// Behind `/plugins/<plugin>`, percent-decoded; starts with `/`.
    public let path: String
    /// What follows `?`, as it was sent.
    public let query: String
    /// Names in lower case.
    public let headers: [String: String]
    /// What was sent with it; empty when nothing was.
    public let body: [UInt8]

    /// A request, for tests.
    public init(
        method: String,
        path: String,
        query: String = "",
        headers: [String: String] = [:],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }
}

/// The response to an HTTP request.
public struct HTTPResponse: Sendable {
    /// 100 to 599.
    public var status: Int32
    /// The media type of the body.
    public var contentType: String
    /// Further header fields.
    public var headers: [String: String]
    /// What is sent.
    public var body: [UInt8]

    /// A response of bytes.
    public init(
        status: Int32 = 200,
        contentType: String,
        headers: [String: String] = [:],
        body: [UInt8] = []
    ) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }

    /// A response of JSON.
    public init(status: Int32 = 200, json: JSON) {
        self.init(status: status, contentType: "application/json", body: Array(json.text.utf8))
    }

    /// A response of plain text.
    public init(status: Int32 = 200, text: String) {
        self.init(
            status: status,
            contentType: "text/plain; charset=utf-8",
            body: Array(text.utf8)
        )
    }
}
