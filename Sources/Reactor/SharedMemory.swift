// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A file's bytes as 64-bit words that several processes see at once.
///
/// Each word has one writer, and is read and written whole (relaxed atomics): readers may see words
/// of different moments, but never half of one.
///
/// Unchecked: the pointer never changes and what it points to is only read and written atomically, so
/// threads may share it as processes do.
@safe package final class SharedMemory: @unchecked Sendable {
    package let wordCount: Int
    private let mapping: UnsafeMutableRawPointer
    private let mappedByteCount: Int
    private let base: UnsafeMutablePointer<UInt64>

    /// Maps words of a file that must be at least that long, and must never shrink: touching a page
    /// beyond its end kills (SIGBUS).
    ///
    /// `wordOffset` says where the first word lies in the file. The descriptor may be closed afterwards.
    package init(mapping raw: Int32, wordOffset: Int = 0, wordCount: Int) throws(SystemError) {
        precondition(wordCount > 0 && wordOffset >= 0)
        let stride = MemoryLayout<UInt64>.stride
        // A mapping starts at a page's border (mmap(2)).
        let skipped = wordOffset * stride % Int(sysconf(Int32(_SC_PAGESIZE)))
        let size = skipped + wordCount * stride
        let start = wordOffset * stride - skipped
        let address = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, raw, start)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw SystemError(lastErrorOf: "mmap")
        }
        // `size` bytes long, the words behind `skipped`; unmapped in deinit, and never handed out.
        unsafe mapping = address
        mappedByteCount = size
        unsafe base = (address + skipped).bindMemory(to: UInt64.self, capacity: wordCount)
        self.wordCount = wordCount
    }

    deinit {
        unsafe munmap(mapping, mappedByteCount)
    }

    /// Where a word lies, for what writes it without Swift's help; valid as long as this object.
    @unsafe package func address(of index: Int) -> UnsafeMutablePointer<UInt64> {
        precondition(index >= 0 && index < wordCount)
        return unsafe base + index
    }

    /// Adds to a word that several threads of this process add to.
    package func add(_ count: UInt64, to index: Int) {
        precondition(index >= 0 && index < wordCount)
        unsafe tally_add(base + index, count)
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
