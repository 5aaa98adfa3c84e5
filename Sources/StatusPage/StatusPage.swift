// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// A file in the data folder that all processes of one Tally map, to say how they are.
///
/// The supervisor makes it and hands it to its children; it watches their heartbeats in it.
/// `StatusReader` reads it for `tally status`. It keeps nothing that a restart would need.
package final class StatusPage {
    /// Most bytes of listen addresses that the page can name, one a line.
    package static let maximumAddressByteCount = StatusLayout.maximumAddressByteCount
    package static let maximumSlotCount = StatusLayout.maximumSlotCount

    private let memory: SharedMemory
    private let file: Descriptor
    private let slotCount: Int

    /// For children to inherit.
    package var descriptor: Int32 { file.raw }

    private init(_ file: consuming Descriptor, slotCount: Int) throws(SystemError) {
        memory = try SharedMemory(
            mapping: file.raw,
            wordCount: StatusLayout.byteCount(slots: slotCount) / 8
        )
        self.file = file
        self.slotCount = slotCount
    }

    /// Makes a new page under a path, in place of an older one (whose readers keep what they have).
    ///
    /// - Throws: when the disk is full or the folder cannot be written.
    package static func create(
        path: String,
        slotCount: Int = StatusPage.maximumSlotCount
    ) throws(SystemError) -> StatusPage {
        precondition(slotCount > 0 && slotCount <= maximumSlotCount)
        let temporary = path + ".new"
        let file = try File.open(temporary, for: .replacing)
        try File.allocate(file, byteCount: StatusLayout.byteCount(slots: slotCount))
        let page = try StatusPage(file, slotCount: slotCount)
        page.memory[StatusLayout.Header.version] = StatusLayout.version
        page.memory[StatusLayout.Header.slotCount] = UInt64(slotCount)
        page.memory[StatusLayout.Header.magic] = StatusLayout.magic
        try File.rename(temporary, to: path)
        return page
    }

    /// The slots in which a process of this identity may be, and no other.
    package static func slots(of identity: ProcessIdentity) -> Range<Int> {
        switch identity.role {
        case .supervisor: return 0..<1
        case .hub: return 1..<2
        case .worker:
            let first = 2 + identity.index * StatusLayout.slotsPerWorker
            return first..<first + StatusLayout.slotsPerWorker
        }
    }

    /// Maps the page that the supervisor handed over.
    ///
    /// - Throws: `StatusError` when the descriptor is something else.
    package static func open(_ file: consuming Descriptor) throws(StatusError) -> StatusPage {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try StatusContents.bytes(of: file)
        } catch {
            throw .unreadable(error)
        }
        let slotCount = try StatusContents(bytes).slotCount
        do throws(SystemError) {
            return try StatusPage(file, slotCount: slotCount)
        } catch {
            throw .unreadable(error)
        }
    }

    /// A slot; nil when the page has no such place.
    package func slot(_ number: Int) -> StatusSlot? {
        guard 0..<slotCount ~= number else { return nil }
        return StatusSlot(memory, offset: StatusLayout.slotOffset(number))
    }

    /// Says where the service can be reached; addresses that do not fit are left out.
    ///
    /// `labels`: what is spoken there, such as `tls`, for as many of them as it is known.
    package func setAddresses(_ addresses: [SocketAddress], labels: [String] = []) {
        var text: [UInt8] = []
        for (number, address) in addresses.enumerated() {
            let label = labels.indices.contains(number) ? labels[number] : ""
            let line = Array("\(address)\(label.isEmpty ? "" : " " + label)\n".utf8)
            guard text.count + line.count <= StatusLayout.maximumAddressByteCount else { break }
            text += line
        }
        memory[StatusLayout.Header.addressByteCount] = 0
        for start in stride(from: 0, to: text.count, by: 8) {
            var word: UInt64 = 0
            for (position, byte) in text[start..<min(start + 8, text.count)].enumerated() {
                word |= UInt64(byte) << UInt64(8 * position)
            }
            memory[StatusLayout.Header.addresses + start / 8] = word
        }
        memory[StatusLayout.Header.addressByteCount] = UInt64(text.count)
    }
}
