// SPDX-License-Identifier: Apache-2.0

import Logging
import Manifest
import StatusPage

/// The log of this process: lines on standard error, each with who wrote it.
enum ProcessLog {
    /// Call once, before anything logs.
    static func logger(_ identity: ProcessIdentity, level: LogSettings.Level) -> Logger {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = Logger.Level(rawValue: level.rawValue) ?? .info
            return handler
        }
        var logger = Logger(label: "tally")
        logger[metadataKey: "role"] = "\(identity.role.name)"
        if identity.role == .worker { logger[metadataKey: "worker"] = "\(identity.index)" }
        return logger
    }
}
