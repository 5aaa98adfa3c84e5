// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// Why a status page cannot be used.
package enum StatusError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nothing is there: no Tally has used this data folder yet.
    case missing(path: String)
    case unreadable(SystemError)
    case notAStatusPage
    case otherVersion(found: UInt64, expected: UInt64)

    package var description: String {
        switch self {
        case .missing(let path):
            "there is no \(path): no Tally has served from this data folder; "
                + "name the folder that `tally serve` uses with --data"
        case .unreadable(let error):
            "\(error); run as the user that runs `tally serve`"
        case .notAStatusPage:
            "the data folder's file `status` is none of Tally's; "
                + "stop Tally if it runs, remove the file, start it again"
        case .otherVersion(let found, let expected):
            "the status page has version \(found), this program reads version \(expected); "
                + "use the program that serves"
        }
    }
}

/// A status page's words, copied out of the file and checked.
///
/// A copy, not a mapping: a file that somebody truncates must not kill the reader.
struct StatusContents {
    let slotCount: Int
    private let bytes: [UInt8]

    /// The whole of a file that may be a status page; more than any has is an error.
    static func bytes(of file: borrowing Descriptor) throws(SystemError) -> [UInt8] {
        try File.read(
            file,
            maximumByteCount: StatusLayout.byteCount(slots: StatusLayout.maximumSlotCount)
        )
    }

    init(_ bytes: [UInt8]) throws(StatusError) {
        self.bytes = bytes
        guard bytes.count >= StatusLayout.byteCount(slots: 0) else { throw .notAStatusPage }
        guard Self.word(bytes, StatusLayout.Header.magic) == StatusLayout.magic else {
            throw .notAStatusPage
        }
        let version = Self.word(bytes, StatusLayout.Header.version)
        guard version == StatusLayout.version else {
            throw .otherVersion(found: version, expected: StatusLayout.version)
        }
        let slots = Self.word(bytes, StatusLayout.Header.slotCount)
        guard slots > 0, slots <= StatusLayout.maximumSlotCount,
            bytes.count == StatusLayout.byteCount(slots: Int(slots))
        else { throw .notAStatusPage }
        slotCount = Int(slots)
    }

    func word(_ word: Int, ofSlot slot: Int) -> UInt64 {
        Self.word(bytes, StatusLayout.slotOffset(slot) + word)
    }

    var addresses: [String] {
        let count = Int(
            clamping: min(
                Self.word(bytes, StatusLayout.Header.addressByteCount),
                UInt64(StatusLayout.maximumAddressByteCount)
            )
        )
        let start = StatusLayout.Header.addresses * 8
        return bytes[start..<start + count].split(separator: UInt8(ascii: "\n"))
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static func word(_ bytes: [UInt8], _ word: Int) -> UInt64 {
        bytes[word * 8..<word * 8 + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
