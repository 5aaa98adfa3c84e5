// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Lines to standard output and standard error, each written at once.
enum Console {
    /// Writes a line of the command's result.
    ///
    /// Ends the process when it cannot: in peace when nobody reads any more, as in
    /// `tally watch show | head`, and as a failure when the disk is full.
    static func print(_ line: String) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
        } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
            CommandFailure(
                .system,
                "cannot write the result: no space left",
                advice: "make room, or write it elsewhere"
            ).exit()
        } catch {
            exit(EXIT_SUCCESS)
        }
    }

    /// Writes a line for the person at the terminal, beside the result.
    static func complain(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Text from outside without what could steer a terminal.
    static func harmless(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator:
                        // Joiners make up emoji and some scripts' words.
                        scalar == "\u{200D}" || scalar == "\u{200C}" ? scalar : "\u{FFFD}"
                    default: scalar
                    }
                }
            )
        )
    }
}
