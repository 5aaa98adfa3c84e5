// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A folder on disk, and who may get at it.
package struct Folder: Sendable {
    /// The user that owns it.
    package let owner: UInt32
    /// Whether somebody other than the owner may make and rename files in it.
    package let isWritableByOthers: Bool

    /// Looks at a folder; nil when there is nothing under that path.
    ///
    /// - Throws: ENOTDIR when it is something else.
    package init?(at path: String) throws(SystemError) {
        var status = stat()
        // `status` is a live local.
        guard unsafe stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw SystemError(lastErrorOf: "look at \(path)")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw SystemError(operation: "look at \(path)", code: ENOTDIR)
        }
        owner = status.st_uid
        isWritableByOthers = status.st_mode & (S_IWGRP | S_IWOTH) != 0
    }

    /// The names of what is in a folder, in no order, without `.` and `..`.
    package static func names(in path: String) throws(SystemError) -> [String] {
        // Closed below; nobody else has it.
        guard let folder = unsafe opendir(path) else {
            throw SystemError(lastErrorOf: "read folder \(path)")
        }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        // Each entry is valid until the next call, and its name ends with a zero (readdir(3)).
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe String(cString: UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Makes a folder that only this user may enter (0700).
    package static func make(at path: String) throws(SystemError) {
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw SystemError(lastErrorOf: "make folder \(path)")
        }
    }

    /// The user that this process acts as.
    package static var ownUser: UInt32 { geteuid() }
}
