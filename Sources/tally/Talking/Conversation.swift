// SPDX-License-Identifier: Apache-2.0

import Channels
import Client
import ClientProtocol
import JSON
import Manifest
import Reactor

/// One connection to a server for the length of a command, its troubles told as command failures.
final class Conversation {
    let loop: EventLoop
    let scripted: ScriptedClient
    private let url: ServerURL
    private let limit: Duration

    /// Connects, where it signs its own token as somebody who may do this much.
    convenience init(
        _ options: ConnectionOptions,
        streams: [String],
        allowing: Permissions
    ) throws(CommandFailure) {
        try self.init(options, channels: streams.map { "live:" + $0 }, allowing: allowing)
    }

    /// The same, for any channels.
    init(
        _ options: ConnectionOptions,
        channels: [String],
        allowing: Permissions
    ) throws(CommandFailure) {
        url = try options.serverURL()
        limit = options.timeout.duration
        do throws(SystemError) {
            loop = try EventLoop()
        } catch {
            throw CommandFailure(.software, error.description)
        }
        var clientOptions = ClientOptions()
        clientOptions.token = try options.tokenSource(on: channels, allowing: allowing)
        clientOptions.security = try options.security()
        clientOptions.name = "tally-cli"
        clientOptions.version = TallyVersion.text
        scripted = ScriptedClient(loop: loop, url: url, options: clientOptions)
        do throws(ScriptedClient.StepError) {
            try scripted.open(within: limit)
        } catch {
            throw FailureWords.failure(of: error, at: url)
        }
    }

    /// Asks for a stream's method and waits for the result.
    ///
    /// Where asking twice does no harm (`isRepeatable`), a connection that is lost in between is
    /// made anew and the question asked again.
    func call(
        _ method: String,
        isRepeatable: Bool,
        _ writeData: (inout JSONWriter) -> Void
    ) throws(CommandFailure) -> JSONValue {
        var writer = JSONWriter()
        writer.beginObject()
        writeData(&writer)
        writer.endObject()
        let deadline = MonotonicTime.now() + limit
        while true {
            do throws(ScriptedClient.StepError) {
                let left = max(deadline - .now(), .zero)
                let command = ClientCommand.rpc(method: method, data: writer.bytes)
                let result = try scripted.call(command, within: left)
                return result["data"] ?? result
            } catch .refused(.connectionLost) where isRepeatable && deadline > .now() {
                continue
            } catch .refused(.connectionLost) {
                throw FailureWords.lostConnection(during: method)
            } catch {
                throw FailureWords.failure(of: error, at: url)
            }
        }
    }

    func end() {
        scripted.client.stop()
    }
}

/// A key that makes a repeated command answer as the first time.
enum IdempotencyKey {
    static func make() -> String {
        let words = (0..<2).map { _ in UInt64.random(in: .min ... .max) }
        return "cli-" + words.map { String($0, radix: 36) }.joined()
    }
}
