// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import Live
import Manifest
import PluginHost
import Reactor
import StatusPage

/// What plugins ask of this worker and, through it, of the node.
extension ClientGateway: PluginServices {
    func call(
        plugin: String,
        method: String,
        parameters: [UInt8],
        then: @escaping (Result<[UInt8], PluginServiceError>) -> Void
    ) {
        let command: HostCommand
        do throws(ErrorReply) {
            command = try HostCommand.decode(
                method: method,
                parameters: parameters,
                limits: liveLimits
            )
        } catch {
            return fail(then, error)
        }
        switch pluginCalls.phase {
        case .open:
            ask(command, of: plugin, then)
        case .early(let calls):
            let call = PluginCalls.EarlyCall(plugin: plugin, command: command, then: then)
            pluginCalls.phase = .early(calls + [call])
        case .retired:
            fail(then, Self.retirement)
        }
    }

    func send(session id: UInt64, data: [UInt8]) -> Bool {
        guard let session = connected(id) else { return false }
        reply(to: session, Encoder.messagePush(data: data))
        return true
    }

    func disconnect(session id: UInt64, code: UInt16, reason: String) -> Bool {
        guard let session = sessions[SessionID(rawValue: id)] else { return false }
        close(session, code: code, reason: reason)
        return true
    }

    func unsubscribe(session id: UInt64, channel: String) -> Bool {
        guard let session = connected(id), let index = session.subscriptionIndex(of: channel),
            session.subscriptions[index].memberIndex != nil
        else { return false }
        hub.send(.unsubscribed(session.id, channel: channel))
        unsubscribe(session, channel, .byServer)
        return true
    }

    private func connected(_ id: UInt64) -> Session? {
        guard let session = sessions[SessionID(rawValue: id)], case .connected = session.phase
        else { return nil }
        return session
    }

    // MARK: The hub

    /// Lets calls go to the hub; those that were made before go first.
    func openPluginCalls() {
        guard case .early(let calls) = pluginCalls.phase else { return }
        pluginCalls.phase = .open
        for call in calls { ask(call.command, of: call.plugin, call.then) }
    }

    /// Ends the calls of a worker whose successor has taken over; what was asked is done all the
    /// same.
    func retirePluginCalls() {
        pluginCalls.phase = .retired
        for call in pluginCalls.takeAll() {
            if let then = call.then { fail(then, Self.retirement) }
        }
    }

    /// On a new link: the plugins' sessions, and what was not answered.
    func resumePluginCalls() {
        // They are the successor's by now.
        if case .retired = pluginCalls.phase { return }
        for (plugin, session) in pluginCalls.sessions {
            hub.send(.attach(session, .plugin(plugin)))
        }
        for (id, call) in pluginCalls.ordered {
            guard let session = pluginCalls.sessions[call.plugin] else { continue }
            hub.send(.request(id, session, call.request))
        }
    }

    func finishPluginCall(_ id: RequestID, _ result: Result<HubReply, ErrorReply>) {
        guard let call = pluginCalls.remove(id), let then = call.then else { return }
        switch result {
        case .success(.result(let json)): then(.success(json))
        case .success: then(.success(Array("{}".utf8)))
        case .failure(let error): then(.failure(PluginServiceError(error)))
        }
    }

    func sweepPluginCalls() {
        for call in pluginCalls.takeExpired(now: milliseconds) {
            call.then?(.failure(PluginServiceError(ErrorReply(.hubUnavailable))))
        }
    }

    private static let retirement = ErrorReply(.hubUnavailable, "the worker was replaced")

    private func ask(
        _ command: HostCommand,
        of plugin: String,
        _ then: @escaping PluginCalls.Completion
    ) {
        guard !hub.isCongested else { return fail(then, ErrorReply(.hubUnavailable)) }
        let session = pluginCalls.sessions[plugin] ?? openSession(of: plugin)
        let request = HubRequest(command, of: plugin)
        let id = pending.takeID()
        let timeout = configuration.hub.requestTimeout.milliseconds
        pluginCalls.add(
            PluginCalls.Call(
                plugin: plugin,
                request: request,
                deadline: milliseconds + UInt64(timeout),
                then: then
            ),
            id
        )
        status.add(.hubRequests)
        hub.send(.request(id, session, request))
    }

    private func openSession(of plugin: String) -> SessionID {
        let id = SessionID(rawValue: nextSessionID)
        nextSessionID += 1
        pluginCalls.sessions[plugin] = id
        hub.send(.attach(id, .plugin(plugin)))
        return id
    }

    /// Never before the call has returned, as the plugin was promised.
    private func fail(_ then: @escaping PluginCalls.Completion, _ error: ErrorReply) {
        loop.deferToEndOfTurn { then(.failure(PluginServiceError(error))) }
    }
}

extension PluginServiceError {
    fileprivate init(_ error: ErrorReply) {
        self.init(code: error.code, message: error.message)
    }
}
