// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import JSON

/// A client of the protocol as a value: it takes what happened and says what to do.
///
/// It opens no socket and reads no clock, so every turn of a session can be tested at once.
package struct ClientCore {
    /// What the owner has to do, in this order.
    package enum Action {
        case openTransport
        /// Nothing of the transport's later events may be reported.
        case closeTransport(code: UInt16)
        case send([UInt8])
        /// Call `backOffElapsed` then.
        case scheduleReconnect(after: Duration)
        /// Call `livenessCheckDue` then; replaces the last one. nil: not at all.
        case scheduleLivenessCheck(after: Duration?)
        /// Call `refreshDue` then; replaces the last one. nil: not at all.
        case scheduleRefresh(after: Duration?)
        /// Call `resubscribeDue` then.
        case scheduleResubscribe(channel: String, after: Duration)
        case report(ClientEvent)
    }

    package enum State: Hashable, Sendable {
        case stopped
        case waitingToReconnect
        case openingTransport
        case authenticating
        case connected
    }

    /// Requests that wait for a connection; beyond, they fail at once.
    ///
    /// What a person or a test starts before the first answer is far below it.
    package static let maximumWaitingCommands = 1_024

    package internal(set) var state: State = .stopped
    /// The session's id, from the server; empty until connected.
    package internal(set) var clientID = ""
    package internal(set) var subscriptions: [String: ClientSubscription] = [:]

    var options: ClientOptions
    var generator: any RandomNumberGenerator
    var backOff: BackOff
    var nextID: UInt32 = 1
    var requests: [UInt32: Purpose] = [:]
    var waiting: [(id: UInt32, command: ClientCommand)] = []
    var serverPositions: [String: Position] = [:]
    var pingInterval: Duration?
    var answersPings = false
    var heardSinceCheck = false
    /// The token that the server knows, and one that was asked for and not used yet.
    var token = ""
    var nextToken: String?
    var actions: [Action] = []

    /// What an answer is for.
    enum Purpose {
        case connect
        case subscribe(channel: String)
        case refresh
        case request
    }

    package init(options: ClientOptions, generator: any RandomNumberGenerator) {
        self.options = options
        self.generator = generator
        backOff = options.backOff
    }

    // MARK: What the owner wants

    package mutating func start() -> [Action] {
        guard state == .stopped else { return [] }
        open()
        return takeActions()
    }

    package mutating func stop() -> [Action] {
        guard state != .stopped else { return [] }
        end(.stopped, mayReconnect: false, closing: 1000)
        return takeActions()
    }

    /// Sends a command, or keeps it until there is a connection.
    ///
    /// - Returns: the id under which the answer is reported, and what to do.
    package mutating func request(_ command: ClientCommand) -> (id: UInt32, actions: [Action]) {
        let id = takeID()
        if state == .connected {
            requests[id] = .request
            actions.append(.send(command.line(id: id)))
        } else if waiting.count < Self.maximumWaitingCommands {
            waiting.append((id, command))
        } else {
            actions.append(.report(.answered(id: id, .failure(.tooManyWaiting))))
        }
        return (id, takeActions())
    }

    /// Subscribes now or as soon as there is a connection, and again after every reconnect.
    package mutating func subscribe(_ request: ClientCommand.Subscribe) -> [Action] {
        guard subscriptions[request.channel] == nil else { return [] }
        subscriptions[request.channel] = ClientSubscription(request)
        if state == .connected { sendSubscribe(request.channel) }
        return takeActions()
    }

    package mutating func unsubscribe(channel: String) -> [Action] {
        guard subscriptions.removeValue(forKey: channel) != nil else { return [] }
        if state == .connected {
            let id = takeID()
            requests[id] = .request
            actions.append(.send(ClientCommand.unsubscribe(channel: channel).line(id: id)))
        }
        actions.append(.report(.unsubscribed(channel: channel, .byClient)))
        return takeActions()
    }

    // MARK: What the transport reports

    package mutating func transportOpened() -> [Action] {
        guard state == .openingTransport else { return [] }
        state = .authenticating
        heardSinceCheck = false
        var connect = ClientCommand.Connect()
        token = nextToken ?? options.token()
        nextToken = nil
        connect.token = token
        connect.name = options.name
        connect.version = options.version
        connect.data = options.data
        connect.positions = serverPositions
        let id = takeID()
        requests[id] = .connect
        actions.append(.send(ClientCommand.connect(connect).line(id: id)))
        actions.append(.scheduleLivenessCheck(after: options.connectTimeout))
        return takeActions()
    }

    package mutating func transportFailed(_ reason: String) -> [Action] {
        guard isTransportInUse else { return [] }
        end(.transport(reason), mayReconnect: true, closing: nil)
        return takeActions()
    }

    package mutating func transportClosed(code: UInt16, reason: String) -> [Action] {
        guard isTransportInUse else { return [] }
        end(
            .closed(code: code, reason: reason),
            mayReconnect: Self.reconnects(afterClose: code),
            closing: nil
        )
        return takeActions()
    }

    /// Takes a text message: one or more lines.
    package mutating func received(_ text: [UInt8]) -> [Action] {
        heardSinceCheck = true
        for line in text.split(separator: UInt8(ascii: "\n")) where isTransportInUse {
            do throws(ServerMessage.Malformation) {
                handle(try ServerMessage.decode(Array(line)))
            } catch {
                end(.protocolViolation, mayReconnect: false, closing: 3501)
            }
        }
        return takeActions()
    }

    // MARK: What timers report

    package mutating func backOffElapsed() -> [Action] {
        guard state == .waitingToReconnect else { return [] }
        open()
        return takeActions()
    }

    package mutating func livenessCheckDue() -> [Action] {
        guard isTransportInUse else { return [] }
        if state == .connected, heardSinceCheck {
            heardSinceCheck = false
            scheduleLivenessCheck()
        } else {
            end(.silence, mayReconnect: true, closing: 3012)
        }
        return takeActions()
    }

    /// Renews the token, if there is another one by now.
    package mutating func refreshDue() -> [Action] {
        guard state == .connected else { return [] }
        let renewed = options.token()
        if !renewed.isEmpty, renewed != token {
            token = renewed
            let id = takeID()
            requests[id] = .refresh
            actions.append(.send(ClientCommand.refresh(token: renewed).line(id: id)))
        }
        return takeActions()
    }

    package mutating func resubscribeDue(channel: String) -> [Action] {
        if state == .connected, subscriptions[channel]?.state == .waiting { sendSubscribe(channel) }
        return takeActions()
    }

    /// Whether the protocol's SDKs connect again after this close code.
    package static func reconnects(afterClose code: UInt16) -> Bool {
        switch code {
        case 1009: false  // the message would be too big again
        case 3500..<4000, 4500..<5000: false
        default: true
        }
    }
}
