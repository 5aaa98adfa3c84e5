// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import Hooks
import HubLink
import Live
import PluginHost

/// What clients ask by method: operators' commands, plugins' own, and those of live streams.
extension ClientGateway {
    func call(
        _ session: Session,
        _ asked: AskedCommand,
        _ method: String,
        _ data: [UInt8]
    ) throws(ErrorReply) {
        if let command = try OperatorCommand.decode(method: method, data: data) {
            try authorizer.require(command, of: session.identity)
            ask(HubRequest(command), for: session, asked.command.id, .rpc)
            return
        }
        if let plugins, try callPlugin(plugins, session, asked, method, data) { return }
        let command = try LiveCommand.decode(method: method, data: data, limits: liveLimits)
        guard let stream = command.stream else {
            return try list(session, asked.command.id, command)
        }
        guard let channel = ChannelName(stream: stream) else {
            throw ErrorReply(.badRequest, ChannelNameError.invalidStream.description)
        }
        let needs = command.requiredPermission
        try authorizer.require(needs, of: session.identity, on: channel)
        try run(command, session, asked, on: channel, .rpc)
    }

    /// Asks the hub for a live command, once plugins have let it through.
    func run(
        _ command: LiveCommand,
        _ session: Session,
        _ asked: AskedCommand,
        on channel: ChannelName,
        _ purpose: PendingRequest.Purpose
    ) throws(ErrorReply) {
        let id = asked.command.id
        guard let hook = command.hook, implements(hook) else {
            ask(live(command, of: session, on: channel), for: session, id, purpose)
            return
        }
        var subject = subject(of: session, on: channel)
        subject.data = command.hookData
        try consult(
            hook,
            subject,
            about: asked,
            of: session
        ) { [self] replacement throws(ErrorReply) in
            var command = command
            if let replacement {
                command = try command.replaced(by: replacement, limits: liveLimits)
            }
            ask(live(command, of: session, on: channel), for: session, id, purpose)
        }
    }

    /// `live.list` shows the streams that the session may see, and no others.
    private func list(
        _ session: Session,
        _ id: UInt32,
        _ command: LiveCommand
    ) throws(ErrorReply) {
        guard case .list(var list) = command else {
            preconditionFailure("only live.list is about no stream")
        }
        list.visibleStreams = authorizer.visibleStreams(to: session.identity)
        guard !list.visibleStreams.isEmpty else { throw ErrorReply(.permissionDenied) }
        ask(.live(.list(list), moderator: false), for: session, id, .rpc)
    }

    private func live(
        _ command: LiveCommand,
        of session: Session,
        on channel: ChannelName
    ) -> HubRequest {
        .live(command, moderator: authorizer.isModerator(session.identity, on: channel))
    }
}
