// SPDX-License-Identifier: Apache-2.0

import ClientProtocol

/// A command and the text that it came as, from which another process can ask for it again.
struct AskedCommand {
    let command: Command
    private let message: [UInt8]
    private let line: Range<Int>

    init(_ command: Command, message: [UInt8], line: Range<Int>) {
        self.command = command
        self.message = message
        self.line = line
    }

    /// Copied only when it is needed: a command that nothing holds up costs no copy.
    var text: [UInt8] { Array(message[line]) }
}
