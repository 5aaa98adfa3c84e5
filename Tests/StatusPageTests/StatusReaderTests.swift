// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage
import Testing

@Suite struct StatusReaderTests {
    private let folder: TemporaryFolder
    private let path: String
    private let valid: [UInt8]

    init() throws {
        folder = try TemporaryFolder()
        path = DataFolder.statusPath(folder.path)
        let page = try StatusPage.create(path: path, slotCount: 1)
        page.slot(0)?.assign(ProcessIdentity(.supervisor), .current)
        valid = try File.read(File.open(path, for: .reading), maximumByteCount: 1_000_000)
    }

    private func errorOfReading(_ bytes: [UInt8]) throws -> StatusError? {
        try File.write(File.open(path, for: .replacing), bytes)
        return #expect(throws: StatusError.self) { try StatusReader.read(folder: folder.path) }
    }

    @Test func refusesAFolderWithoutPage() throws {
        try File.remove(path)
        #expect(throws: StatusError.missing(path: path)) {
            try StatusReader.read(folder: folder.path)
        }
    }

    @Test func refusesAnotherFile() throws {
        #expect(try errorOfReading([]) == .notAStatusPage)
        #expect(try errorOfReading(Array("hello".utf8)) == .notAStatusPage)
        #expect(try errorOfReading([UInt8](repeating: 0, count: valid.count)) == .notAStatusPage)
    }

    @Test func refusesAPageThatIsCutOrTooLong() throws {
        for count in [7, 8, 4_095, 4_096, valid.count - 1] {
            #expect(try errorOfReading(Array(valid[..<count])) == .notAStatusPage)
        }
        #expect(try errorOfReading(valid + [0]) == .notAStatusPage)
    }

    @Test func refusesAnotherVersion() throws {
        var bytes = valid
        bytes[8] = 4
        #expect(try errorOfReading(bytes) == .otherVersion(found: 4, expected: 3))
    }

    @Test func refusesASlotCountThatDoesNotFit() throws {
        for byte in 16..<24 {
            var bytes = valid
            bytes[byte] = 0xff
            #expect(try errorOfReading(bytes) == .notAStatusPage)
        }
    }

    @Test func survivesAnyValueInASlotAndInTheAddresses() throws {
        var bytes = valid
        for byte in 24..<bytes.count { bytes[byte] = 0xff }
        try File.write(File.open(path, for: .replacing), bytes)
        #expect(try StatusReader.read(folder: folder.path).processes.isEmpty)
        bytes[4_096] = 1
        for byte in 4_097..<4_104 { bytes[byte] = 0 }
        // Standing: current.
        bytes[4_136] = 1
        for byte in 4_137..<4_144 { bytes[byte] = 0 }
        try File.write(File.open(path, for: .replacing), bytes)
        let process = try #require(try StatusReader.read(folder: folder.path).processes.first)
        #expect(process.identity == ProcessIdentity(.supervisor, .max))
        #expect(process.phase == .down)
    }
}
