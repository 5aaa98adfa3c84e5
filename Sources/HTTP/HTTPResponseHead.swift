// SPDX-License-Identifier: Apache-2.0

/// The status line and header of an answer, as a client reads them.
package struct HTTPResponseHead: Hashable, Sendable {
    package let status: HTTPStatus
    package let headers: HTTPHeaders

    package init(status: HTTPStatus, headers: HTTPHeaders) {
        self.status = status
        self.headers = headers
    }
}
