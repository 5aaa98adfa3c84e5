// SPDX-License-Identifier: Apache-2.0

import Glibc
package import Reactor
import StatusPage

/// The operator's side of the supervisor's socket.
package enum OperatorLink {
    /// Asks the Tally that serves from a folder, and waits for the outcome.
    ///
    /// - Throws: ENOENT or ECONNREFUSED when none serves there, ETIMEDOUT at the deadline, EPROTO
    ///   when the connection ends without an answer: the supervisor died.
    package static func ask(
        _ request: OperatorRequest,
        folder: String,
        until deadline: MonotonicTime
    ) throws(SystemError) -> OperatorAnswer {
        let path = DataFolder.operatorSocketPath(folder)
        let socket = try Socket.connect(.unix(path: path))
        try Socket.sendAll(socket.raw, Array("\(request.text)\n".utf8), until: deadline)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        var descriptors: [Int32] = []
        while bytes.count <= OperatorAnswer.maximumByteCount {
            let count = try Socket.receive(
                socket.raw,
                into: &buffer,
                descriptors: &descriptors,
                until: deadline
            )
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        for descriptor in descriptors { Descriptor(owning: descriptor).close() }
        guard let answer = OperatorAnswer(decoding: bytes) else {
            throw SystemError(operation: "ask \(path)", code: EPROTO)
        }
        return answer
    }
}
