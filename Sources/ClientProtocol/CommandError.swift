// SPDX-License-Identifier: Apache-2.0

package import JSON

/// A line that is no command.
///
/// With an `id` the client is told by error 107 and goes on; without one nothing can be answered,
/// and the connection ends with close code 3501.
package struct CommandError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        case malformed(JSONError)
        case notAnObject
        /// Missing, or not an integer from 1 to 4,294,967,295.
        case invalidID
        case noMethod
        case severalMethods
        /// The method's fields are no object.
        case fieldsAreNoObject(Method)
        case missing(Method, field: String)
        case wrongType(Method, field: String)
        case tooLong(Method, field: String)
        case outOfRange(Method, field: String)
    }

    package let id: UInt32?
    package let reason: Reason

    package init(id: UInt32?, _ reason: Reason) {
        self.id = id
        self.reason = reason
    }

    /// Error 107 that says what is wrong; it never quotes the input.
    package var reply: ErrorReply {
        ErrorReply(.badRequest, "\(ErrorCode.badRequest.message): \(reason)")
    }
}

extension CommandError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed(let error): error.description
        case .notAnObject: "a command is a JSON object"
        case .invalidID: "id is an integer from 1 to 4294967295"
        case .noMethod: "no method"
        case .severalMethods: "several methods in one command"
        case .fieldsAreNoObject(let method): "\(method.rawValue) is a JSON object"
        case .missing(let method, let field): "\(method.rawValue).\(field) is missing"
        case .wrongType(let method, let field): "\(method.rawValue).\(field) has the wrong type"
        case .tooLong(let method, let field): "\(method.rawValue).\(field) is too long"
        case .outOfRange(let method, let field): "\(method.rawValue).\(field) is out of range"
        }
    }
}
