// SPDX-License-Identifier: Apache-2.0

internal import CSQLite

/// What SQLite refused, with its extended result code (sqlite.org/rescode.html).
package struct SQLiteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done: `open`, `commit`, or the statement's text; never a bound value.
    package let operation: String
    package let extendedCode: Int32
    package let message: String

    package init(operation: String, extendedCode: Int32, message: String) {
        self.operation = operation
        self.extendedCode = extendedCode
        self.message = message
    }

    /// SQLITE_CORRUPT, for whoever finds damage that SQLite itself cannot see.
    package static var corruptCode: Int32 { SQLITE_CORRUPT }

    /// The kinds that a caller treats differently.
    package enum Kind: Hashable, Sendable {
        /// No room on the disk, or a limit on the file's size.
        case full
        case readOnly
        /// Not a database, or a damaged one.
        case corrupt
        /// Another process holds it.
        case locked
        case cannotOpen
        case inputOutput
        case other
    }

    package var kind: Kind {
        switch extendedCode & 0xFF {
        case SQLITE_FULL: .full
        case SQLITE_READONLY: .readOnly
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
        case SQLITE_BUSY, SQLITE_LOCKED: .locked
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: .cannotOpen
        case SQLITE_IOERR: .inputOutput
        default: .other
        }
    }

    /// Whether the file has no database's header at all.
    package var isNotADatabase: Bool { extendedCode & 0xFF == SQLITE_NOTADB }

    package var description: String { "\(operation): \(message) (\(extendedCode))" }
}
