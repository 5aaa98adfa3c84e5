// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file with a list, and what tells whether it has changed.
struct ListFile: Sendable {
    /// Words for people to keep by hand; larger is a mistake.
    static let maximumByteCount = 1 << 20

    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    /// Differs when the file was written, or replaced by another.
    struct Version: Equatable, Sendable {
        let inode: UInt64
        let byteCount: Int
        let seconds: Int
        let nanoseconds: Int
    }

    let path: String

    func version() throws(Problem) -> Version {
        var status = stat()
        // `status` is a live local.
        guard unsafe stat(path, &status) == 0 else {
            throw Problem(description: "\(path): \(Self.reason(errno))")
        }
        return Version(
            inode: UInt64(status.st_ino),
            byteCount: Int(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
    }

    func read() throws(Problem) -> String {
        guard let file = unsafe fopen(path, "re") else {
            throw Problem(description: "\(path): \(Self.reason(errno))")
        }
        defer { unsafe fclose(file) }
        let most = Self.maximumByteCount + 1
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
            // Reads at most as much as the buffer holds.
            count = unsafe fread(buffer.baseAddress, 1, most, file)
        }
        guard unsafe ferror(file) == 0 else {
            throw Problem(description: "\(path) cannot be read")
        }
        guard bytes.count < most else {
            throw Problem(description: "\(path) has more than \(Self.maximumByteCount) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(description: "\(path) is no UTF-8")
        }
        return text
    }

    private static func reason(_ code: Int32) -> String {
        // Static text, or text that lives until the next call on this thread; copied here.
        unsafe String(cString: strerror(code))
    }
}
