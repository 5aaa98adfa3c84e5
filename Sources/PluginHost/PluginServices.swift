// SPDX-License-Identifier: Apache-2.0

/// What a plugin can ask of the node; the worker carries it out.
package protocol PluginServices: AnyObject {
    /// A method of the header's `call`, in the plugin's name.
    ///
    /// `parameters` is an object as JSON text. `then` takes the result as JSON text, exactly once;
    /// when it is called before this returns, the plugin is told later all the same.
    func call(
        plugin: String,
        method: String,
        parameters: [UInt8],
        then: @escaping (Result<[UInt8], PluginServiceError>) -> Void
    )

    /// Sends JSON text to a client as a `message` push.
    ///
    /// - Returns: whether there is such a session.
    func send(session: UInt64, data: [UInt8]) -> Bool

    /// Closes a client's connection. `code` and `reason` were checked.
    func disconnect(session: UInt64, code: UInt16, reason: String) -> Bool

    /// Ends a subscription, and tells the client so.
    ///
    /// - Returns: whether the session has it.
    func unsubscribe(session: UInt64, channel: String) -> Bool
}

/// An error as clients see it: docs/protocol.md.
package struct PluginServiceError: Error, Hashable, Sendable {
    package let code: UInt32
    package let message: String

    package init(code: UInt32, message: String) {
        self.code = code
        self.message = message
    }
}
