// SPDX-License-Identifier: Apache-2.0

package import Channels

/// What makes two requests the same request.
package struct IdempotencyKey: Hashable, Sendable {
    package let author: Author
    package let method: LiveCommand.Method
    package let stream: String
    /// The client's own.
    package let key: String

    package init(author: Author, method: LiveCommand.Method, stream: String, key: String) {
        self.author = author
        self.method = method
        self.stream = stream
        self.key = key
    }
}
