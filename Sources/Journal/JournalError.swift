// SPDX-License-Identifier: Apache-2.0

import SQLite

/// Why the journal cannot be used; each text names the file and says what to do.
package enum JournalError: Error, Hashable, Sendable {
    /// Another process writes to it.
    case inUse(path: String)
    /// The file is something else: another program's, or no database at all.
    case notAJournal(path: String)
    /// The file was a journal and is cut off or has been changed.
    case damaged(path: String, detail: String)
    case newerSchema(path: String, version: Int64, known: Int64)
    case notWritable(path: String)
    /// No room on the disk.
    case full(path: String)
    case failed(path: String, detail: String)

    init(_ error: SQLiteError, path: String) {
        switch error.kind {
        case .full: self = .full(path: path)
        case .readOnly: self = .notWritable(path: path)
        case .corrupt: self = .damaged(path: path, detail: error.message)
        case .locked: self = .inUse(path: path)
        case .cannotOpen, .inputOutput, .other: self = .failed(path: path, detail: "\(error)")
        }
    }

    /// Whether it may pass by itself while the hub runs: there will be room, the disk will answer.
    package var mayPass: Bool {
        switch self {
        case .full, .failed, .notWritable, .inUse: true
        case .notAJournal, .damaged, .newerSchema: false
        }
    }

    /// As in `sysexits.h`: 65 bad data, 69 unavailable, 74 input or output, 77 no permission.
    package var exitStatus: Int32 {
        switch self {
        case .notAJournal, .damaged, .newerSchema: 65
        case .inUse: 69
        case .full, .failed: 74
        case .notWritable: 77
        }
    }
}

extension JournalError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .inUse(let path):
            "the journal \(path) is in use by another process; stop the other Tally, or choose "
                + "another data folder with --data"
        case .notAJournal(let path):
            "\(path) is not a journal of Tally's; move it away, or restore a copy, and start again"
        case .damaged(let path, let detail):
            "the journal \(path) is damaged (\(detail)); it was left as it is: restore a copy, or "
                + "move it away to start without history"
        case .newerSchema(let path, let version, let known):
            "the journal \(path) has version \(version), and this Tally knows versions up to "
                + "\(known); run the newer Tally that wrote it, or move the file away to start "
                + "without history"
        case .notWritable(let path):
            "the journal \(path) cannot be written; give its user write permission for the file "
                + "and its folder, on a file system that is not read-only"
        case .full(let path):
            "there is no room for the journal \(path); free some on its disk"
        case .failed(let path, let detail):
            "the journal \(path) cannot be used: \(detail); check its disk and folder"
        }
    }
}
