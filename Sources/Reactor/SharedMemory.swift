// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A file's bytes as 64-bit words that several processes see at once.
///
/// Each word has one writer, and is read and written whole (relaxed atomics): readers may see words
/// of different moments, but never half of one.
@safe package final class SharedMemory {
    package let wordCount: Int
    private let base: UnsafeMutablePointer<UInt64>

    /// Maps the first words of a file that must be at least that long, and must never shrink:
    /// touching a page beyond its end kills (SIGBUS).
    ///
    /// The descriptor may be closed afterwards.
    package init(mapping raw: Int32, wordCount: Int) throws(SystemError) {
        precondition(wordCount > 0)
        let size = wordCount * MemoryLayout<UInt64>.stride
        let address = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, raw, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw SystemError(lastErrorOf: "mmap")
        }
        // Page-aligned and `size` bytes long; unmapped in deinit, and never handed out.
        unsafe base = address.bindMemory(to: UInt64.self, capacity: wordCount)
        self.wordCount = wordCount
    }

    deinit {
        unsafe munmap(base, wordCount * MemoryLayout<UInt64>.stride)
    }

    package subscript(index: Int) -> UInt64 {
        get {
            precondition(index >= 0 && index < wordCount)
            return unsafe tally_load(base + index)
        }
        set {
            precondition(index >= 0 && index < wordCount)
            unsafe tally_store(base + index, newValue)
        }
    }
}
