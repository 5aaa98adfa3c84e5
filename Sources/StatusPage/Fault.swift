// SPDX-License-Identifier: Apache-2.0

import CFault
import Glibc
package import Reactor

/// Where a worker was when it died of a signal, or was asked since it hung.
///
/// A signal handler in the worker wrote it; CFault.h says how.
package struct Fault: Hashable, Sendable {
    package enum Kind: UInt64, Sendable {
        case death = 1
        case stall = 2
    }

    /// Code of a plugin: what ran, or the innermost that called it.
    package struct Place: Hashable, Sendable {
        package let plugin: Int
        /// Within the plugin's library, as its symbols have it.
        package let offset: UInt64
        /// Whether the plugin's own instruction failed, and not something that it called.
        package let isExact: Bool

        package init(plugin: Int, offset: UInt64, isExact: Bool) {
            self.plugin = plugin
            self.offset = offset
            self.isExact = isExact
        }
    }

    package let kind: Kind
    package let signal: Int32
    /// What could not be read, written or executed; nil where there is no such thing.
    package let address: UInt64?
    package let isOnLoop: Bool
    /// The plugin whose work the thread did, as far as somebody said so.
    package let threadPlugin: Int?
    package let place: Place?

    package init(
        kind: Kind,
        signal: Int32,
        address: UInt64? = nil,
        isOnLoop: Bool = true,
        threadPlugin: Int? = nil,
        place: Place? = nil
    ) {
        self.kind = kind
        self.signal = signal
        self.address = address
        self.isOnLoop = isOnLoop
        self.threadPlugin = threadPlugin
        self.place = place
    }
}

extension StatusSlot {
    // MARK: The worker

    /// From here on this process says where it was when it dies of a signal.
    ///
    /// On the loop's thread, before there are others. The slot has to live as long as the process.
    package func reportFaults() throws(SystemError) {
        let word = offset + StatusLayout.Slot.fault
        // The page stays mapped: whoever calls this keeps the slot for good.
        let code = unsafe tally_fault_install(memory.address(of: word))
        guard code == 0 else { throw SystemError(operation: "watch for faults", code: code) }
    }

    /// Says that the library that holds this address is a plugin's; before anything in it runs.
    @unsafe package static func nameLibrary(_ plugin: Int, at address: UnsafeRawPointer) {
        // Looked up among the loaded libraries, never read.
        _ = unsafe tally_fault_add_library(Int32(clamping: plugin), address)
    }

    /// Says that the thread that calls this does a plugin's work from here on.
    package static func setThread(ofPlugin plugin: Int) {
        tally_fault_set_thread(Int32(clamping: plugin))
    }

    // MARK: The supervisor

    /// What the process's handler wrote since it was started; nil: nothing.
    package var fault: Fault? {
        func word(_ number: Int) -> UInt64 { self[StatusLayout.Slot.fault + number] }
        func plugin(_ number: Int) -> Int? {
            let plugin = Int(clamping: word(number)) - 1
            return 0..<PluginPlace.maximumCount ~= plugin ? plugin : nil
        }
        guard let kind = Fault.Kind(rawValue: word(TALLY_FAULT_KIND)) else {
            return nil
        }
        let flags = Int(clamping: word(TALLY_FAULT_FLAGS))
        let isOfKernel = Int64(bitPattern: word(TALLY_FAULT_CODE)) > 0
        let place = plugin(TALLY_FAULT_PLUGIN).map { number in
            Fault.Place(
                plugin: number,
                offset: word(TALLY_FAULT_OFFSET),
                isExact: flags & TALLY_FAULT_EXACT != 0
            )
        }
        return Fault(
            kind: kind,
            signal: Int32(clamping: word(TALLY_FAULT_SIGNAL)),
            address: isOfKernel ? word(TALLY_FAULT_ADDRESS) : nil,
            isOnLoop: flags & TALLY_FAULT_ON_LOOP != 0,
            threadPlugin: plugin(TALLY_FAULT_THREAD),
            place: place
        )
    }

    /// Asks the process that hangs where it is; the answer comes as `fault`, if at all.
    package static func locate(_ process: Int32) {
        _ = tally_fault_locate(process)
    }

    func clearFault() {
        for word in 0..<TALLY_FAULT_WORD_COUNT {
            self[StatusLayout.Slot.fault + word] = 0
        }
    }
}
