// SPDX-License-Identifier: Apache-2.0

package import Reactor
import SQLite

/// Saves the journal's write-ahead log into its file, in a process of its own: whenever the hub asks
/// for it, and only then.
///
/// It never takes the lock that commits need, so the hub goes on whatever happens to it.
package struct Checkpointer {
    private let database: SQLiteDatabase

    /// Opens the journal of a folder beside the hub, which has checked it.
    package init(folder: String) throws(JournalError) {
        let path = JournalFile.path(in: folder)
        database = try JournalFile.withError(path) { () throws(SQLiteError) in
            let database = try SQLiteDatabase(path: path, access: .readWrite)
            // What is in the log is the hub's, also when this process ends last.
            database.setCheckpointsOnClose(false)
            try database.execute("PRAGMA wal_autocheckpoint = 0")
            // Both files are on the disk when the hub hears of it.
            try database.execute("PRAGMA synchronous = FULL")
            try database.execute("PRAGMA mmap_size = 0")
            return database
        }
    }

    /// Serves a hub until its end of the link closes.
    ///
    /// - Throws: when the link fails.
    package func serve(_ link: borrowing Descriptor) throws(SystemError) {
        var buffer = [UInt8](repeating: 0, count: 64)
        while true {
            guard Socket.wait(for: .readable, of: link.raw, until: .distantFuture) else { continue }
            switch Socket.receive(link.raw, into: &buffer) {
            case .transferred: break
            case .wouldBlock: continue
            case .endOfStream: return
            case .failed(let error): throw error
            }
            try Socket.sendAll(
                link.raw,
                CheckpointAnswer(saving: database).encoded,
                until: .distantFuture
            )
        }
    }
}

/// What a checkpointer tells the hub, a line of text for each request.
package enum CheckpointAnswer: Hashable, Sendable {
    /// So many frames of the log are in the file now.
    case saved(frameCount: Int)
    /// SQLite's extended result code.
    case failed(code: Int32)

    /// Most bytes of a line.
    package static let maximumByteCount = 64

    fileprivate init(saving database: SQLiteDatabase) {
        do throws(SQLiteError) {
            let result = try database.checkpoint(empties: false)
            self = .saved(frameCount: max(0, result.savedFrameCount))
        } catch {
            self = .failed(code: error.extendedCode)
        }
    }

    /// Reads a line without its end; nil: it is none of a checkpointer's.
    package init?(line: some Sequence<UInt8>) {
        let words = String(decoding: Array(line), as: UTF8.self).split(separator: " ")
        guard words.count == 2 else { return nil }
        switch words[0] {
        case "saved":
            guard let count = Int(words[1]), count >= 0 else { return nil }
            self = .saved(frameCount: count)
        case "failed":
            guard let code = Int32(words[1]) else { return nil }
            self = .failed(code: code)
        default:
            return nil
        }
    }

    package var encoded: [UInt8] {
        switch self {
        case .saved(let count): Array("saved \(count)\n".utf8)
        case .failed(let code): Array("failed \(code)\n".utf8)
        }
    }

    /// Why it failed, as the journal would say it.
    package func failure(path: String) -> JournalError? {
        guard case .failed(let code) = self else { return nil }
        return JournalError(
            SQLiteError(operation: "checkpoint", extendedCode: code, message: "code \(code)"),
            path: path
        )
    }
}
