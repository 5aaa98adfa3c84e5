// SPDX-License-Identifier: Apache-2.0

import CPluginHost
import Glibc
import Reactor

/// What can be known of a library without running any of it.
enum PluginFile {
    /// The fields of an ELF header that matter here, and where they lie (elf(5)).
    private enum ELF {
        static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]
        static let classOffset = 4
        static let dataOffset = 5
        static let typeOffset = 16
        static let machineOffset = 18
        static let byteCount = 20
        static let class64: UInt8 = 2
        static let littleEndian: UInt8 = 1
        static let sharedObject: UInt16 = 3
    }

    /// - Returns: what is wrong with it; nil: it is worth loading.
    static func problem(_ path: String) -> String? {
        var status = stat()
        // `status` is a live local.
        guard unsafe stat(path, &status) == 0 else {
            return errno == ENOENT
                ? "there is no file \(path)"
                : "\(path): \(SystemError(operation: "stat", code: errno))"
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return "\(path) is no file" }
        // Whoever may write it decides what the workers run.
        guard status.st_mode & S_IWOTH == 0 else {
            return "anyone may write to \(path); take that away with chmod o-w"
        }
        do throws(SystemError) {
            return problem(path, try start(of: path))
        } catch {
            return "\(path) cannot be read: \(error)"
        }
    }

    private static func start(of path: String) throws(SystemError) -> [UInt8] {
        try File.read(File.open(path, for: .reading), at: 0, byteCount: ELF.byteCount)
    }

    static func problem(_ path: String, _ header: [UInt8]) -> String? {
        guard header.count == ELF.byteCount, header.starts(with: ELF.magic) else {
            return "\(path) is no shared library: it has no ELF header"
        }
        guard header[ELF.classOffset] == ELF.class64, header[ELF.dataOffset] == ELF.littleEndian
        else {
            return "\(path) is for another architecture: not 64 bits, or big-endian"
        }
        let machine = number(header, at: ELF.machineOffset)
        guard machine == tally_elf_machine() else {
            return "\(path) is for another architecture, \(name(ofMachine: machine)); this Tally "
                + "is for \(name(ofMachine: tally_elf_machine()))"
        }
        guard number(header, at: ELF.typeOffset) == ELF.sharedObject else {
            return "\(path) is no shared library, but a program or an object file"
        }
        return nil
    }

    private static func number(_ header: [UInt8], at offset: Int) -> UInt16 {
        UInt16(header[offset + 1]) << 8 | UInt16(header[offset])
    }

    private static func name(ofMachine machine: UInt16) -> String {
        switch machine {
        case 3: "x86 (32 bits)"
        case 40: "ARM (32 bits)"
        case 62: "x86-64"
        case 183: "ARM64"
        case 243: "RISC-V"
        default: "ELF machine \(machine)"
        }
    }
}
