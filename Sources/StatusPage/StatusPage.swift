// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// A file in the data folder that all processes of one Tally map, to say how they are.
///
/// The supervisor makes it and hands it to its children; it watches their heartbeats in it.
/// `StatusReader` reads it for `tally status`. It keeps nothing that a restart would need.
package final class StatusPage {
    /// Most bytes of listen addresses that the page can name, one a line.
    package static let maximumAddressByteCount = StatusLayout.maximumAddressByteCount

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
        slots: [ProcessIdentity]
    ) throws(SystemError) -> StatusPage {
        precondition(!slots.isEmpty && slots.count <= StatusLayout.maximumSlotCount)
        let temporary = path + ".new"
        let file = try File.open(temporary, for: .replacing)
        try File.allocate(file, byteCount: StatusLayout.byteCount(slots: slots.count))
        let page = try StatusPage(file, slotCount: slots.count)
        page.memory[StatusLayout.Header.version] = StatusLayout.version
        page.memory[StatusLayout.Header.slotCount] = UInt64(slots.count)
        for (slot, identity) in slots.enumerated() {
            let offset = StatusLayout.slotOffset(slot)
            page.memory[offset + StatusLayout.Slot.role] = identity.role.rawValue
            page.memory[offset + StatusLayout.Slot.index] = UInt64(identity.index)
        }
        page.memory[StatusLayout.Header.magic] = StatusLayout.magic
        try File.rename(temporary, to: path)
        return page
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

    /// The place of one process; nil when the page has none for it.
    package func slot(_ identity: ProcessIdentity) -> StatusSlot? {
        for slot in 0..<slotCount {
            let offset = StatusLayout.slotOffset(slot)
            if memory[offset + StatusLayout.Slot.role] == identity.role.rawValue,
                memory[offset + StatusLayout.Slot.index] == UInt64(identity.index)
            {
                return StatusSlot(memory, offset: offset)
            }
        }
        return nil
    }

    /// Says where the service can be reached; addresses that do not fit are left out.
    package func setAddresses(_ addresses: [SocketAddress]) {
        var text: [UInt8] = []
        for address in addresses {
            let line = Array("\(address)\n".utf8)
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
