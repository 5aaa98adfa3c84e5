// SPDX-License-Identifier: Apache-2.0

import Reactor

/// What children are started with; a reload makes another.
final class Setup {
    let options: SupervisorOptions
    let listeners: ListenerSet
    let hubConfiguration: Descriptor
    let workerConfiguration: Descriptor

    /// `old`: what is in force, whose sockets are used again; `bound`: sockets that are open already.
    init(
        _ options: SupervisorOptions,
        replacing old: Setup? = nil,
        listeners bound: ListenerSet? = nil
    ) throws(SupervisorError) {
        precondition(1...SupervisorOptions.maximumWorkerCount ~= options.workerCount)
        self.options = options
        listeners = try ListenerSet(
            options.addresses,
            workerCount: options.workerCount,
            unixModes: options.unixModes,
            extending: bound ?? old?.listeners
        )
        do throws(SystemError) {
            hubConfiguration = try File.sealed(
                options.hubConfiguration,
                name: "tally-hub-configuration"
            )
            workerConfiguration = try File.sealed(
                options.workerConfiguration,
                name: "tally-worker-configuration"
            )
        } catch {
            throw .system(error)
        }
    }

    /// Goes on with what another program set up.
    init(
        _ options: SupervisorOptions,
        listeners: ListenerSet,
        hubConfiguration: consuming Descriptor,
        workerConfiguration: consuming Descriptor
    ) {
        self.options = options
        self.listeners = listeners
        self.hubConfiguration = hubConfiguration
        self.workerConfiguration = workerConfiguration
    }
}
