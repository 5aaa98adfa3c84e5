// SPDX-License-Identifier: Apache-2.0

import HubLink
import Live
import Manifest

/// What a worker's plugins have under way, as it moves to another process.
struct PluginState: Hashable {
    var sessions: [PluginSession] = []
    var calls: [Call] = []
    /// Not yet seen by every plugin.
    var notices: [PluginNotice] = []

    struct PluginSession: Hashable {
        var plugin: String
        var session: SessionID
    }

    struct Call: Hashable {
        var id: RequestID
        var plugin: String
        var request: HubRequest
        var deadline: UInt64
    }
}

extension PluginState: LinkValue {
    func encode(into writer: inout LinkWriter) {
        writer.write(sessions) { writer, session in
            writer.write(session.plugin)
            session.session.encode(into: &writer)
        }
        writer.write(calls) { writer, call in
            call.id.encode(into: &writer)
            writer.write(call.plugin)
            call.request.encode(into: &writer)
            writer.write(call.deadline)
        }
        writer.write(notices) { $1.encode(into: &$0) }
    }

    init(from reader: inout LinkReader) throws(LinkError) {
        sessions = try reader.list { (reader) throws(LinkError) in
            PluginSession(plugin: try reader.string(), session: try SessionID(from: &reader))
        }
        calls = try reader.list { (reader) throws(LinkError) in
            Call(
                id: try RequestID(from: &reader),
                plugin: try reader.string(),
                request: try HubRequest(from: &reader),
                deadline: try reader.unsigned(UInt64.self)
            )
        }
        notices = try reader.list { (reader) throws(LinkError) in
            try PluginNotice(from: &reader)
        }
    }
}

extension ClientGateway {
    func exportedPlugins() -> PluginState {
        PluginState(
            sessions: pluginCalls.sessions.map { plugin, session in
                PluginState.PluginSession(plugin: plugin, session: session)
            },
            calls: pluginCalls.ordered.map { id, call in
                PluginState.Call(
                    id: id,
                    plugin: call.plugin,
                    request: call.request,
                    deadline: call.deadline
                )
            },
            notices: notices.open
        )
    }

    func importPlugins(_ state: PluginState) {
        for session in state.sessions {
            pluginCalls.sessions[session.plugin] = session.session
        }
        for call in state.calls {
            pluginCalls.add(
                PluginCalls.Call(
                    plugin: call.plugin,
                    request: call.request,
                    deadline: call.deadline,
                    then: nil
                ),
                call.id
            )
        }
        for notice in state.notices { notices.begin(notice) }
    }

    /// Sets going what concerns plugins, once the sessions are here and the link runs.
    func startPlugins() {
        for notice in notices.open { notify(notice) }
        let configured = Set(configuration.plugins.map(\.name))
        for (plugin, session) in pluginCalls.sessions where !configured.contains(plugin) {
            pluginCalls.sessions[plugin] = nil
            hub.send(.detach(session))
        }
        openPluginCalls()
        replayCommands()
    }
}
