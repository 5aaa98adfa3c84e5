// SPDX-License-Identifier: Apache-2.0

import CPluginHost
import CTallyPlugin
import Glibc
import Logging

/// The table of functions that a plugin gets, and the way from its pointer back to who answers.
@safe struct HostTable {
    /// What `create` is given.
    let pointer: UnsafeMutablePointer<tally_host>

    /// Makes a table that answers for this instance; neither is ever freed.
    ///
    /// A plugin may keep the pointer for longer than it should, and must then be told so instead of
    /// reading freed memory; a process makes one for each plugin.
    init(_ desk: HostDesk, _ instance: PluginInstance) {
        let box = UnsafeMutablePointer<tally_host_box>.allocate(capacity: 1)
        unsafe box.initialize(to: tally_host_box())
        unsafe box.pointee.desk = UnsafeRawPointer(Unmanaged.passRetained(desk).toOpaque())
        unsafe box.pointee.instance = UnsafeRawPointer(Unmanaged.passRetained(instance).toOpaque())
        // The table is the box's first member (CPluginHost.h).
        unsafe pointer = UnsafeMutableRawPointer(box).assumingMemoryBound(to: tally_host.self)
        unsafe pointer.pointee.struct_size = UInt32(MemoryLayout<tally_host>.size)
        unsafe pointer.pointee.abi_major = UInt16(TALLY_PLUGIN_ABI_MAJOR)
        unsafe pointer.pointee.abi_minor = UInt16(TALLY_PLUGIN_ABI_MINOR)
        unsafe Self.fillForAnyThread(&pointer.pointee)
        unsafe Self.fillForLoop(&pointer.pointee)
    }

    /// Whoever answers on any thread; nil for a NULL host.
    static func desk(_ host: UnsafeMutablePointer<tally_host>?) -> HostDesk? {
        guard let host = unsafe host,
            // `init` made the box round the table and set both members before it gave it away.
            let desk = unsafe UnsafeRawPointer(host)
                .assumingMemoryBound(to: tally_host_box.self).pointee.desk
        else { return nil }
        return unsafe Unmanaged<HostDesk>.fromOpaque(desk).takeUnretainedValue()
    }

    /// Does something on the loop, or says why not.
    static func onLoop(
        _ host: UnsafeMutablePointer<tally_host>?,
        _ body: (PluginInstance) -> Int
    ) -> tally_status {
        guard let desk = unsafe desk(host) else { return tally_status(TALLY_BAD_ARGUMENT) }
        guard desk.isOnLoop else { return tally_status(TALLY_WRONG_THREAD) }
        guard !desk.inbox.isClosed else { return tally_status(TALLY_CLOSED) }
        guard let instance = unsafe instance(host) else { return tally_status(TALLY_BAD_ARGUMENT) }
        return tally_status(body(instance))
    }

    /// Only for the loop's thread.
    static func instance(_ host: UnsafeMutablePointer<tally_host>?) -> PluginInstance? {
        guard let host = unsafe host,
            let instance = unsafe UnsafeRawPointer(host)
                .assumingMemoryBound(to: tally_host_box.self).pointee.instance
        else { return nil }
        return unsafe Unmanaged<PluginInstance>.fromOpaque(instance).takeUnretainedValue()
    }
}
