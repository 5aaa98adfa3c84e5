// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor

/// What a child has once it has entered its role.
package struct ChildResources {
    package let slot: StatusSlot
    /// The bytes that the supervisor validated; `SupervisorOptions.configuration`.
    package let configuration: [UInt8]
}

extension ChildLaunch {
    /// Most bytes of a configuration: a manifest has 1 MiB at most, as have the settings of all
    /// plugins; certificates and their keys up to 64 KiB each, as hexadecimal digits.
    package static let maximumConfigurationByteCount = 32 * 1_024 * 1_024

    /// Takes over what the supervisor handed down: the first call of a child.
    ///
    /// Ends the process at once when the supervisor is gone already, and makes sure that it dies
    /// with it from here on. Nothing that this process starts inherits the descriptors.
    /// Afterwards the role calls `slot.startBeating(on:)`, and `slot.setPhase(.serving)` when it is
    /// ready.
    /// - Throws: when the arguments do not match what was inherited.
    package func enter() throws(ChildLaunchError) -> ChildResources {
        guard dieWithParent(parent) else { exit(EXIT_SUCCESS) }
        let role = identity.role
        OwnProcess.giveBackLargeBlocks()
        // Started as /proc/self/exe, it would be called "exe".
        OwnProcess.setName(role == .worker ? "tally-worker-\(identity.index)" : "tally-\(role)")
        let configuration: [UInt8]
        do throws(SystemError) {
            for descriptor in descriptors { try File.setCloseOnExec(descriptor) }
            let file = Descriptor(owning: self.configuration)
            configuration = try File.read(
                file,
                maximumByteCount: Self.maximumConfigurationByteCount
            )
        } catch {
            throw .badDescriptor(role, error)
        }
        let page: StatusPage
        do throws(StatusError) {
            page = try StatusPage.open(Descriptor(owning: statusPage))
        } catch {
            throw .badStatusPage(role, error)
        }
        guard let slot = page.slot(self.slot), slot.identity == identity else {
            throw .noSlot(identity)
        }
        if !plugins.isEmpty {
            do throws(SystemError) {
                try slot.reportFaults()
            } catch {
                throw .badDescriptor(role, error)
            }
        }
        if let pluginPage {
            let pages = try PluginPage.open(Descriptor(owning: pluginPage), role)
            do throws(SystemError) {
                try slot.countPlugins(
                    in: pages,
                    slot: self.slot,
                    plugins: plugins.map(\.number)
                )
            } catch {
                throw .badDescriptor(role, error)
            }
        }
        slot.setPhase(.starting)
        return ChildResources(slot: slot, configuration: configuration)
    }
}

extension PluginPage {
    fileprivate static func open(
        _ file: consuming Descriptor,
        _ role: ProcessRole
    ) throws(ChildLaunchError) -> PluginPage {
        do throws(StatusError) {
            return try open(file)
        } catch {
            throw .badStatusPage(role, error)
        }
    }
}
