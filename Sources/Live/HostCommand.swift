// SPDX-License-Identifier: Apache-2.0

package import ClientProtocol

/// What a plugin asks of the node: `call` of `tally_plugin.h`, decoded and within its limits.
///
/// A plugin asks with every right; what it must not do is be wrong.
package enum HostCommand: Hashable, Sendable {
    case live(LiveCommand)
    case disconnectUser(UserDisconnect)
    /// One JSON value to a feed.
    case publish(channel: String, data: [UInt8])
    case store(StoreCommand)

    /// Bytes of a call's parameters: a full value of the store, and some names.
    package static let maximumParametersByteCount = 2 * LiveLimits.maximumDataByteCount
    /// Bytes of what a plugin publishes, as of a client's message.
    package static let maximumPublicationByteCount = 64 * 1024

    /// - Throws: error 104 for another method, 107 for parameters that do not fit, 406 and 411 for
    ///   a comment's text.
    package static func decode(
        method: String,
        parameters: [UInt8],
        limits: LiveLimits = LiveLimits()
    ) throws(ErrorReply) -> HostCommand {
        let data = try CommandData(
            parameters.isEmpty ? Array("{}".utf8) : parameters,
            maximumByteCount: maximumParametersByteCount
        )
        if let method = LiveCommand.Method(rawValue: method) {
            return .live(try live(method, data, limits))
        }
        switch method {
        case "live.interrupt": return .live(.interrupt(try media(data)))
        case "live.resume": return .live(.resume(try media(data)))
        case "live.cue": return .live(.cue(try cue(data)))
        case "user.disconnect": return .disconnectUser(try UserDisconnect(data))
        case "channel.publish":
            let value = try data.value("data", maximumByteCount: maximumPublicationByteCount)
            guard let value else { throw ErrorReply(.badRequest, "data is missing") }
            return .publish(channel: try data.string("channel"), data: value)
        default:
            guard let command = try StoreCommand(method: method, data) else {
                throw ErrorReply(.methodNotFound)
            }
            return .store(command)
        }
    }

    private static func live(
        _ method: LiveCommand.Method,
        _ data: CommandData,
        _ limits: LiveLimits
    ) throws(ErrorReply) -> LiveCommand {
        // A plugin is no broadcaster's connection, so its streams live on without one.
        let command = try LiveCommand.decode(method, data, limits, keepsByDefault: true)
        guard case .sendComment(var comment) = command else { return command }
        comment.name = try data.line("name", maximumCodePoints: LiveLimits.maximumNameLength)
        return .sendComment(comment)
    }

    private static func media(_ data: CommandData) throws(ErrorReply) -> LiveCommand.Media {
        LiveCommand.Media(
            stream: try data.stream(),
            generation: try LiveCommand.generation(data)
        )
    }

    private static func cue(_ data: CommandData) throws(ErrorReply) -> LiveCommand.Cue {
        LiveCommand.Cue(
            stream: try data.stream(),
            name: try data.requiredIdentifier(
                "name",
                maximumByteCount: LiveLimits.maximumCueNameByteCount
            ),
            data: try data.value("data", maximumByteCount: LiveLimits.maximumCueByteCount)
        )
    }
}
