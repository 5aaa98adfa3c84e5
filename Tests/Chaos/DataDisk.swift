// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor

/// A small file system of its own for a data folder, that can be filled and emptied.
final class DataDisk {
    private let folder: String
    private let ballast: String

    /// nil where this system does not let this user mount one.
    init?(at folder: String, megabytes: Int) {
        let mount = ["/bin/mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0700", "tmpfs"]
        guard geteuid() == 0, let status = try? ProcessTable.run(mount + [folder]),
            status == .exited(0)
        else { return nil }
        self.folder = folder
        ballast = folder + "/ballast"
    }

    /// Takes what is free, to the last page, however much the server writes meanwhile.
    func fill() throws {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: folder)
        var step = (attributes[.systemFreeSize] as? NSNumber)?.intValue ?? 0
        let pageSize = 4_096
        let file = try File.open(ballast, for: .replacing)
        var taken = 0
        while step >= pageSize {
            do throws(SystemError) {
                try File.allocate(file, byteCount: taken + step)
                taken += step
            } catch {
                step /= 2
            }
        }
    }

    func empty() {
        try? File.remove(ballast)
    }

    func unmount() {
        // Lazily: a process that is gone may still be closing its files.
        _ = try? ProcessTable.run(["/bin/umount", "-l", folder])
    }
}
