// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Files and folders, as far as start-up and status need them; these calls may block.
package enum File {
    /// What a file may be opened for.
    package enum Access: Sendable {
        case reading
        /// Made when missing, with mode 0600; a symbolic link in its place is refused.
        case updating
        /// As `updating`, and emptied.
        case replacing

        fileprivate var flags: Int32 {
            switch self {
            case .reading: O_RDONLY
            case .updating: O_RDWR | O_CREAT | O_NOFOLLOW
            case .replacing: O_RDWR | O_CREAT | O_NOFOLLOW | O_TRUNC
            }
        }
    }

    package static func open(
        _ path: String,
        for access: Access
    ) throws(SystemError) -> Descriptor {
        let raw = retryingInterrupted {
            unsafe Glibc.open(path, access.flags | O_CLOEXEC, 0o600)
        }
        guard raw >= 0 else { throw SystemError(lastErrorOf: "open \(path)") }
        return Descriptor(owning: raw)
    }

    /// A file in memory that nobody can change any more, for handing bytes to a child.
    package static func sealed(
        _ bytes: [UInt8],
        name: String
    ) throws(SystemError) -> Descriptor {
        let raw = unsafe tally_memory_file(name)
        guard raw >= 0 else { throw SystemError(lastErrorOf: "memfd_create \(name)") }
        let file = Descriptor(owning: raw)
        try write(file, bytes)
        guard tally_seal(raw) == 0 else { throw SystemError(lastErrorOf: "seal \(name)") }
        return file
    }

    /// The permission bits of a file's mode, such as 0o600.
    package static func permissions(_ file: borrowing Descriptor) throws(SystemError) -> UInt32 {
        var status = stat()
        // `status` is a live local.
        guard unsafe fstat(file.raw, &status) == 0 else { throw SystemError(lastErrorOf: "fstat") }
        return status.st_mode & 0o7777
    }

    /// Which file it is and when it was last written: another text says that it may be another.
    package static func identity(_ file: borrowing Descriptor) throws(SystemError) -> String {
        var status = stat()
        // `status` is a live local.
        guard unsafe fstat(file.raw, &status) == 0 else { throw SystemError(lastErrorOf: "fstat") }
        let written = status.st_mtim
        return "\(status.st_dev):\(status.st_ino):\(status.st_size):"
            + "\(written.tv_sec).\(written.tv_nsec)"
    }

    /// The bytes of a file from its start; its position is neither used nor moved.
    ///
    /// A pipe, as a shell's `<(...)`, is read as it comes.
    ///
    /// - Throws: EFBIG when there are more than `maximumByteCount`.
    package static func read(
        _ file: borrowing Descriptor,
        maximumByteCount: Int
    ) throws(SystemError) -> [UInt8] {
        let raw = file.raw
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(maximumByteCount + 1, 64 * 1_024))
        let isSeekable = lseek(raw, 0, SEEK_CUR) != -1
        while true {
            let offset = bytes.count
            // The pointer covers the array's bytes and is used during the call only.
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                retryingInterrupted {
                    isSeekable
                        ? unsafe pread(raw, buffer.baseAddress, buffer.count, offset)
                        : unsafe Glibc.read(raw, buffer.baseAddress, buffer.count)
                }
            }
            guard count >= 0 else { throw SystemError(lastErrorOf: "read") }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= maximumByteCount else {
                throw SystemError(operation: "read", code: EFBIG)
            }
        }
    }

    /// Bytes at a place of a file; fewer where it ends.
    package static func read(
        _ file: borrowing Descriptor,
        at offset: Int,
        byteCount: Int
    ) throws(SystemError) -> [UInt8] {
        let raw = file.raw
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var filled = 0
        while filled < byteCount {
            // The slice is within the array and used during the call only.
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                return retryingInterrupted {
                    unsafe pread(raw, rest.baseAddress, rest.count, offset + filled)
                }
            }
            guard count >= 0 else { throw SystemError(lastErrorOf: "read") }
            if count == 0 { break }
            filled += count
        }
        return Array(bytes.prefix(filled))
    }

    /// Writes all bytes at a place of a file.
    package static func write(
        _ file: borrowing Descriptor,
        _ bytes: [UInt8],
        at start: Int = 0
    ) throws(SystemError) {
        let raw = file.raw
        var offset = 0
        while offset < bytes.count {
            // The slice is within the array and used during the call only.
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[offset...])
                return retryingInterrupted {
                    unsafe pwrite(raw, rest.baseAddress, rest.count, start + offset)
                }
            }
            guard count > 0 else { throw SystemError(lastErrorOf: "write") }
            offset += count
        }
    }

    /// Gives a part of a file its room on the disk now, so that a full disk is an error here and not a
    /// SIGBUS at the first touch of its mapping.
    package static func allocate(
        _ file: borrowing Descriptor,
        from offset: Int = 0,
        byteCount: Int
    ) throws(SystemError) {
        let code = posix_fallocate(file.raw, offset, byteCount)
        guard code == 0 else { throw SystemError(operation: "allocate", code: code) }
    }

    /// Sets the permission bits of what lies under a path.
    package static func setPermissions(_ path: String, _ mode: UInt32) throws(SystemError) {
        guard unsafe chmod(path, mode) == 0 else {
            throw SystemError(lastErrorOf: "set permissions of \(path)")
        }
    }

    /// Whether a Unix socket lies under a path, alive or not.
    package static func isSocket(_ path: String) -> Bool {
        var status = stat()
        // `status` is a live local.
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// The size of the file under a path; nil when there is none.
    package static func byteCount(at path: String) throws(SystemError) -> Int? {
        var status = stat()
        // `status` is a live local.
        if unsafe stat(path, &status) == 0 { return Int(status.st_size) }
        if errno == ENOENT { return nil }
        throw SystemError(lastErrorOf: "look at \(path)")
    }

    package static func rename(_ path: String, to newPath: String) throws(SystemError) {
        guard unsafe Glibc.rename(path, newPath) == 0 else {
            throw SystemError(lastErrorOf: "rename \(path) to \(newPath)")
        }
    }

    /// Removes a file; one that is missing already is fine.
    package static func remove(_ path: String) throws(SystemError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw SystemError(lastErrorOf: "remove \(path)")
        }
    }

    /// Takes the file's lock until the last descriptor of this opening is closed.
    ///
    /// - Returns: whether it was free.
    package static func lock(_ file: borrowing Descriptor) throws(SystemError) -> Bool {
        if tally_lock(file.raw) == 0 { return true }
        if errno == EAGAIN || errno == EACCES { return false }
        throw SystemError(lastErrorOf: "lock")
    }

    /// Whether another opening of the file holds its lock.
    package static func isLocked(_ file: borrowing Descriptor) throws(SystemError) -> Bool {
        let result = tally_is_locked(file.raw)
        guard result >= 0 else { throw SystemError(lastErrorOf: "query lock") }
        return result == 1
    }

    /// Closes a descriptor at the next exec (or keeps it).
    ///
    /// - Throws: EBADF when the number is not open: it came from outside and is not to be trusted.
    package static func setCloseOnExec(_ raw: Int32) throws(SystemError) {
        guard fcntl(raw, F_SETFD, FD_CLOEXEC) == 0 else {
            throw SystemError(lastErrorOf: "descriptor \(raw)")
        }
    }
}
