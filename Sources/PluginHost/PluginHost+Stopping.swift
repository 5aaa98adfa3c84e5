// SPDX-License-Identifier: Apache-2.0

import Logging
import Manifest
import Reactor

extension PluginHost {
    /// Ends the instances: `destroy` of each, in reverse order.
    ///
    /// Calls that are pending are answered by the manifests, and so is every hook from then on. It
    /// blocks for up to the sum of the plugins' `stopTimeout`.
    package func stop() {
        guard !isStopped else { return }
        isStopped = true
        members = members.map { member in
            guard case .instance(let instance) = member else { return member }
            return .absent(
                instance.settings,
                instance.settings.onTimeout,
                reason: "the worker is ending"
            )
        }
        makeChains()
        for instance in instances.reversed() { end(instance) }
        instances = []
    }

    private func end(_ instance: PluginInstance) {
        let deadline = MonotonicTime.now() + instance.settings.stopTimeout
        instance.giveUpPending()
        for timer in instance.timers.keys { _ = instance.cancelTimer(timer) }
        // In this order: what was accepted is carried out, and nothing is accepted any more.
        instance.desk.inbox.close()
        instance.takeFromInbox()
        instance.failNodeCalls()
        while instance.jobCount > 0 {
            guard instance.desk.inbox.waitForEntry(atMost: deadline - .now()) else {
                // A job still uses what `destroy` would free; the process ends anyway.
                instance.logger.warning(
                    "jobs of a plugin did not end in time, its destroy is left out",
                    metadata: ["jobs": "\(instance.jobCount)"]
                )
                instance.desk.close()
                return
            }
            instance.takeFromInbox()
        }
        instance.destroy(within: deadline - .now())
    }
}
