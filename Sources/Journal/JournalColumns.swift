// SPDX-License-Identifier: Apache-2.0

import Channels
import Live
import SQLite

/// How values of the hub lie in columns.
extension ChannelLog.Entry.Kind {
    var number: Int64 {
        switch self {
        case .event: 0
        case .comment: 1
        case .deletedComment: 2
        }
    }

    var author: SQLiteValue {
        if case .comment(let author, _) = self { author.value } else { .null }
    }

    var generation: SQLiteValue {
        if case .comment(_, let generation) = self {
            .integer(Int64(bitPattern: generation))
        } else {
            .null
        }
    }

    /// From the columns kind, author, generation; nil for what no kind has.
    init?(_ row: SQLiteRow, from column: Int32) {
        switch row.integer(column) {
        case 0:
            self = .event
        case 1:
            guard let author = Author(row, column + 1) else { return nil }
            self = .comment(by: author, generation: UInt64(bitPattern: row.integer(column + 2)))
        case 2:
            self = .deletedComment
        default:
            return nil
        }
    }
}

extension Author {
    /// A text for a user, 16 bytes for an anonymous client.
    var value: SQLiteValue {
        switch self {
        case .user(let user): .text(user)
        case .client(let client): .blob(NumberBlob.encode([client.high, client.low]))
        }
    }

    init?(_ row: SQLiteRow, _ column: Int32) {
        if row.isBlob(column) {
            guard let halves = NumberBlob.decode(row.blob(column)), halves.count == 2 else {
                return nil
            }
            self = .client(ClientID(high: halves[0], low: halves[1]))
        } else {
            self = .user(row.text(column))
        }
    }
}

extension Mute {
    /// Null for a ban.
    var until: SQLiteValue {
        if case .timeout(let until) = self { .integer(until.milliseconds) } else { .null }
    }

    init?(_ row: SQLiteRow, _ column: Int32) {
        guard let until = row.optionalMoment(column) else { return nil }
        self = until.map(Mute.timeout(until:)) ?? .ban
    }
}

/// 64-bit numbers back to back, little-endian.
enum NumberBlob {
    static func encode(_ numbers: [UInt64]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(numbers.count * 8)
        for number in numbers {
            for shift in 0..<8 {
                bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * shift)))
            }
        }
        return bytes
    }

    /// nil where there is a part of a number.
    static func decode(_ bytes: [UInt8]) -> [UInt64]? {
        guard bytes.count % 8 == 0 else { return nil }
        return stride(from: 0, to: bytes.count, by: 8).map { start in
            (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
        }
    }
}

/// One running of a stream.
struct StreamGeneration: Hashable {
    let stream: String
    let generation: UInt64
}

extension SQLiteRow {
    /// What counts, offsets and times can be: what is beyond is damage, and far enough from the
    /// ends of the type that no sum overflows.
    static var amounts: ClosedRange<Int64> { 0...(1 << 52) }

    /// nil for a number that none can be.
    func amount(_ column: Int32) -> Int64? {
        let value = integer(column)
        return Self.amounts.contains(value) ? value : nil
    }

    func moment(_ column: Int32) -> Timestamp? {
        amount(column).map(Timestamp.init(milliseconds:))
    }

    /// The inner nil: null; the outer: no moment.
    func optionalMoment(_ column: Int32) -> Timestamp?? {
        isNull(column) ? .some(nil) : moment(column).map { .some($0) }
    }
}

extension SQLiteError {
    /// What SQLite takes for rows and no journal has.
    static func damaged(_ detail: String) -> SQLiteError {
        SQLiteError(operation: "read", extendedCode: SQLiteError.corruptCode, message: detail)
    }
}
