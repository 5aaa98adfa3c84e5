// SPDX-License-Identifier: Apache-2.0

/// Finds the function at a place of a shared library, in its file: ELF, 64 bits, of this machine's
/// byte order (elf(5)).
///
/// Pure: it reads through a function, and every number in the file may be wrong. The table of all
/// symbols comes first, since it has functions that are not exported; a stripped library still has
/// those that are.
struct LibrarySymbols {
    /// Most symbols that are looked at; a large library has a tenth.
    static let maximumSymbolCount = 2_000_000
    /// Longest name that is read, its end included.
    static let maximumNameByteCount = 4_096

    /// Bytes at an offset of the file, fewer where it ends.
    private let read: (_ offset: Int, _ count: Int) -> [UInt8]

    init(read: @escaping (_ offset: Int, _ count: Int) -> [UInt8]) {
        self.read = read
    }

    /// The name of the function that a place is in, as the linker knows it; nil: unknown.
    func function(at place: UInt64) -> String? {
        let sections = sections()
        for kind in [SectionKind.allSymbols, .exportedSymbols] {
            for section in sections where section.kind == kind.rawValue {
                guard sections.indices.contains(section.link) else { continue }
                if let name = function(at: place, section, names: sections[section.link]) {
                    return name
                }
            }
        }
        return nil
    }

    private enum SectionKind: UInt32 {
        case allSymbols = 2
        case exportedSymbols = 11
    }

    private struct Section {
        let kind: UInt32
        let offset: Int
        let byteCount: Int
        let link: Int
    }

    private func sections() -> [Section] {
        let header = read(0, 64)
        // Magic, 64 bits, little endian.
        guard header.count == 64, header.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else {
            return []
        }
        let start = header.integer(at: 0x28, byteCount: 8)
        let size = Int(header.integer(at: 0x3a, byteCount: 2))
        let count = Int(header.integer(at: 0x3c, byteCount: 2))
        guard size == 64, let start = Self.offset(start) else { return [] }
        let bytes = read(start, count * size)
        guard bytes.count == count * size else { return [] }
        return (0..<count).map { index in
            let base = index * size
            return Section(
                kind: UInt32(bytes.integer(at: base + 4, byteCount: 4)),
                offset: Self.offset(bytes.integer(at: base + 0x18, byteCount: 8)) ?? 0,
                byteCount: Self.offset(bytes.integer(at: base + 0x20, byteCount: 8)) ?? 0,
                link: Int(bytes.integer(at: base + 0x28, byteCount: 4))
            )
        }
    }

    private func function(at place: UInt64, _ table: Section, names: Section) -> String? {
        let symbolByteCount = 24
        let symbolsPerRead = 4_096
        let count = min(table.byteCount / symbolByteCount, Self.maximumSymbolCount)
        for first in stride(from: 0, to: count, by: symbolsPerRead) {
            let wanted = min(symbolsPerRead, count - first) * symbolByteCount
            let bytes = read(table.offset + first * symbolByteCount, wanted)
            for base in stride(from: 0, through: bytes.count - symbolByteCount, by: symbolByteCount)
            where bytes[base + 4] & 0xf == 2 {  // STT_FUNC
                let start = bytes.integer(at: base + 8, byteCount: 8)
                let size = bytes.integer(at: base + 16, byteCount: 8)
                guard start <= place, place - start < size else { continue }
                return name(at: Int(bytes.integer(at: base, byteCount: 4)), in: names)
            }
            if bytes.count < wanted { break }
        }
        return nil
    }

    private func name(at offset: Int, in names: Section) -> String? {
        guard offset < names.byteCount else { return nil }
        let most = min(Self.maximumNameByteCount, names.byteCount - offset)
        let bytes = read(names.offset + offset, most)
        guard let end = bytes.firstIndex(of: 0), end > 0 else { return nil }
        return String(validating: bytes[..<end], as: UTF8.self)
    }

    /// Far from the end of what can be added to.
    private static func offset(_ number: UInt64) -> Int? {
        number < 1 << 48 ? Int(number) : nil
    }
}

extension [UInt8] {
    /// Little endian; the bytes have to be there.
    fileprivate func integer(at offset: Int, byteCount: Int) -> UInt64 {
        self[offset..<offset + byteCount].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
