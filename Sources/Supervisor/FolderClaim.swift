// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import StatusPage

/// The data folder, owned by this process alone for as long as this value lives.
///
/// The lock ends with the process, however it dies; nothing is left to clean up.
final class FolderClaim {
    /// Most bytes of the process id in the lock file; it only serves an error's text.
    private static let maximumHolderByteCount = 32

    let path: String
    let lock: Descriptor

    /// Prepares the folder and locks it.
    init(path: String) throws(SupervisorError) {
        self.path = path
        try Self.prepare(path)
        do throws(SystemError) {
            lock = try File.open(DataFolder.lockPath(path), for: .updating)
        } catch {
            throw .folderUnusable(path, error)
        }
        let isFree: Bool
        do throws(SystemError) {
            isFree = try File.lock(lock)
        } catch {
            throw .folderUnusable(path, error)
        }
        guard isFree else { throw .folderInUse(path, holder: Self.holder(in: lock)) }
        do throws(SystemError) {
            try File.write(lock, Self.padded("\(OwnProcess.identifier)"))
        } catch {
            throw .folderUnusable(path, error)
        }
    }

    /// Goes on with a claim that was handed over: the lock belongs to the open file, not to whoever
    /// opened it.
    init(path: String, resuming lock: consuming Descriptor) {
        self.path = path
        self.lock = lock
    }

    /// Makes the folder if it is missing, and checks that nobody else may write into it.
    ///
    /// `account`: whose it is to be, if not this process's own.
    static func prepare(_ path: String, for account: Account? = nil) throws(SupervisorError) {
        do throws(SystemError) {
            if try Folder(at: path) == nil {
                try Folder.make(at: path)
                try account?.own(path)
            }
        } catch {
            throw error.isMissingFile ? .folderHasNoParent(path) : .folderUnusable(path, error)
        }
        let folder: Folder?
        do throws(SystemError) {
            folder = try Folder(at: path)
        } catch {
            throw .folderUnusable(path, error)
        }
        guard let folder else {
            throw .folderUnusable(path, SystemError(operation: "look at \(path)", code: ENOENT))
        }
        let owner = account?.user ?? Folder.ownUser
        guard folder.owner == owner || owner == 0 else {
            throw .folderNotOwned(path, owner: folder.owner, user: owner)
        }
        // Not mended here: the folder may be one that the operator named by mistake.
        guard !folder.isWritableByOthers else { throw .folderOpenToOthers(path) }
    }

    private static func holder(in lock: borrowing Descriptor) -> String {
        let bytes = try? File.read(lock, maximumByteCount: maximumHolderByteCount)
        let digits = (bytes ?? []).prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        return String(decoding: digits, as: UTF8.self)
    }

    /// A line that covers every earlier one, so that the file needs no truncation.
    private static func padded(_ text: String) -> [UInt8] {
        let spaces = max(0, maximumHolderByteCount - 1 - text.utf8.count)
        return Array((text + String(repeating: " ", count: spaces) + "\n").utf8)
    }
}
