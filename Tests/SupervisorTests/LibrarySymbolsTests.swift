// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import Testing

@testable import Supervisor

/// Read from this test's own program, and from files that are wrong.
@Suite struct LibrarySymbolsTests {
    private static let program = "/proc/self/exe"

    private func symbols(of path: String) throws -> LibrarySymbols {
        let bytes = try File.read(
            File.open(path, for: .reading),
            maximumByteCount: 512 * 1_024 * 1_024
        )
        return LibrarySymbols { offset, count in Self.slice(bytes, offset, count) }
    }

    private static func slice(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> [UInt8] {
        guard offset < bytes.count else { return [] }
        return Array(bytes[offset..<min(bytes.count, offset + count)])
    }

    /// A shared library of one section of symbols and one of their names.
    private func library(kind: UInt8 = 2, nameOffset: UInt8 = 1, link: UInt8 = 2) -> [UInt8] {
        func word(_ value: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        }
        func section(_ kind: UInt8, _ offset: Int, _ size: Int, _ link: UInt8) -> [UInt8] {
            word(0, 4) + word(UInt64(kind), 4) + word(0, 16) + word(UInt64(offset), 8)
                + word(UInt64(size), 8) + word(UInt64(link), 4) + word(0, 20)
        }
        func symbol(_ name: UInt8, type: UInt8, _ start: UInt64, _ size: UInt64) -> [UInt8] {
            word(UInt64(name), 4) + [type, 0, 0, 0] + word(start, 8) + word(size, 8)
        }
        let names = [0] + Array("crash_now\0other\0".utf8)
        let symbols =
            symbol(11, type: 1, 0x1000, 0x100) + symbol(nameOffset, type: 0x12, 0x1000, 0x20)
            + symbol(11, type: 0x12, 0x1020, 0x10)
        var header: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1]
        header += [UInt8](repeating: 0, count: 0x28 - header.count)
        header += word(64, 8) + word(0, 10) + word(64, 2) + word(3, 2) + word(0, 2)
        let start = 64 + 3 * 64
        return header + [UInt8](repeating: 0, count: 64)
            + section(kind, start, symbols.count, link)
            + section(3, start + symbols.count, names.count, 0) + symbols + names
    }

    private func function(_ bytes: [UInt8], at place: UInt64) -> String? {
        LibrarySymbols { Self.slice(bytes, $0, $1) }.function(at: place)
    }

    @Test func findsTheFunctionThatAPlaceIsIn() {
        for kind: UInt8 in [2, 11] {
            let bytes = library(kind: kind)
            #expect(function(bytes, at: 0xfff) == nil)
            #expect(function(bytes, at: 0x1000) == "crash_now")
            #expect(function(bytes, at: 0x101f) == "crash_now")
            #expect(function(bytes, at: 0x1020) == "other")
            #expect(function(bytes, at: 0x1030) == nil)
        }
    }

    @Test func survivesEveryFileThatEndsEarly() {
        let bytes = library()
        for count in 0..<bytes.count {
            let name = function(Array(bytes[..<count]), at: 0x1000)
            #expect(name == nil || name == "crash_now")
        }
    }

    @Test func survivesWrongNumbers() {
        #expect(function(library(nameOffset: 200), at: 0x1000) == nil)
        #expect(function(library(link: 9), at: 0x1000) == nil)
        let bytes = library()
        for index in bytes.indices {
            for value: UInt8 in [0, 0x7f, 0xff] {
                var wrong = bytes
                wrong[index] = value
                _ = function(wrong, at: 0x1000)
            }
        }
    }

    @Test func readsARealProgram() throws {
        let symbols = try symbols(of: Self.program)
        #expect(symbols.function(at: 0) == nil)
        #expect(symbols.function(at: .max) == nil)
    }

    @Test func swiftNamesBecomeReadable() {
        #expect(SymbolName.readable("$sSS5countSivg") == "Swift.String.count.getter : Swift.Int")
        for name in ["crash_now", "", "$s", "$s!", "_ZN3fooEv"] {
            #expect(SymbolName.readable(name) == name)
        }
    }
}
