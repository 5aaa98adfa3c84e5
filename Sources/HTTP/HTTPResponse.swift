// SPDX-License-Identifier: Apache-2.0

/// An answer, complete with its body.
///
/// Content-Length, Date and what keeps or ends the connection are the encoder's to add.
package struct HTTPResponse: Hashable, Sendable {
    package var status: HTTPStatus
    package var headers: HTTPHeaders
    package var body: [UInt8]

    package init(status: HTTPStatus, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A line of text, as errors are explained.
    package static func text(_ status: HTTPStatus, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: ["Content-Type": "text/plain; charset=utf-8"],
            body: Array(text.utf8) + [UInt8(ascii: "\n")]
        )
    }

    package static func json(_ status: HTTPStatus, _ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: ["Content-Type": "application/json"],
            body: body
        )
    }

    package static let notFound = text(.notFound, "nothing is here")

    /// 405 with the list of what is allowed, which it must have (RFC 9110 §15.5.6).
    package static func methodNotAllowed(allowing methods: [HTTPMethod]) -> HTTPResponse {
        var response = text(.methodNotAllowed, "this method is not allowed here")
        response.headers.append("Allow", methods.map(\.name).joined(separator: ", "))
        return response
    }

    package init(refusing error: HTTPRequestError) {
        self = .text(error.status, error.explanation)
    }
}
