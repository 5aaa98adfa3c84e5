// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Manifest
import Reactor
import StatusPage

/// The log of this process: lines on standard error, each with who wrote it.
enum ProcessLog {
    /// Call once, before anything logs.
    static func logger(_ identity: ProcessIdentity, level: LogSettings.Level) -> Logger {
        LoggingSystem.bootstrap { _ in
            LineLogHandler(logLevel: Logger.Level(rawValue: level.rawValue) ?? .info)
        }
        var logger = Logger(label: "tally")
        logger[metadataKey: "role"] = "\(identity.role.name)"
        if identity.role == .worker { logger[metadataKey: "worker"] = "\(identity.index)" }
        return logger
    }
}

/// Writes a line at once: `2026-01-31T12:00:00.123Z info worker=2 listening address=...`.
///
/// Who speaks comes first, then the constant message, then its fields, so that a column of lines can
/// be read and a field can be searched for.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(logLevel: Logger.Level) {
        self.logLevel = logLevel
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
        let line = LogLine.text(
            level: event.level.rawValue,
            message: event.message.description,
            fields: fields.mapValues(\.description),
            at: WallClock.now()
        )
        // One write for each line, so that lines of several processes do not mix.
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }
}
