// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import Testing

@Suite struct FileTests {
    @Test func readsUpToItsLimit() throws {
        let bytes = [UInt8](repeating: 3, count: 70_000)
        let file = try File.sealed(bytes, name: "test")
        #expect(try File.read(file, maximumByteCount: 70_000) == bytes)
        let error = #expect(throws: SystemError.self) {
            try File.read(file, maximumByteCount: 69_999)
        }
        #expect(error?.code == EFBIG)
    }

    @Test func aSealedFileCannotBeChanged() throws {
        let file = try File.sealed([1], name: "test")
        let error = #expect(throws: SystemError.self) { try File.write(file, [2]) }
        #expect(error?.code == EPERM)
    }

    @Test func distrustsDescriptorNumbersFromOutside() {
        let error = #expect(throws: SystemError.self) { try File.setCloseOnExec(1_000_000) }
        #expect(error?.code == EBADF)
    }
}
