// SPDX-License-Identifier: Apache-2.0

import ClientProtocol
import HubLink

/// A command that waited for a predecessor's plugins; this worker's are asked anew.
struct Replay {
    let session: Session
    let text: [UInt8]
    /// The order in which the commands came.
    let number: UInt64
}

/// A command that waits, as it moves to another process.
struct WaitingCommand: Hashable {
    var number: UInt64
    /// As the client sent it.
    var text: [UInt8]
}

extension WaitingCommand: LinkValue {
    func encode(into writer: inout LinkWriter) {
        writer.write(number)
        writer.write(text)
    }

    init(from reader: inout LinkReader) throws(LinkError) {
        number = try reader.unsigned(UInt64.self)
        text = try reader.byteString()
    }
}

extension ClientGateway {
    /// Asks again for what waited, in the order in which it came.
    func replayCommands() {
        let waiting = replays.sorted { $0.number < $1.number }
        replays = []
        for replay in waiting where !replay.session.isClosed {
            guard
                let command = try? CommandDecoder.decode(replay.text.span, limits: jsonLimits)
            else { continue }
            let asked = AskedCommand(command, message: replay.text, line: 0..<replay.text.count)
            batchingReplies(to: replay.session) { carryOut(asked, of: replay.session) }
        }
        let undecided = undecided
        self.undecided = []
        for (session, messages) in undecided {
            for message in messages where !session.isClosed {
                if let held = session.heldMessages {
                    held.append(message)
                } else {
                    handle(message, of: session)
                }
            }
        }
    }
}
