// SPDX-License-Identifier: Apache-2.0

/// What a run can do to the service.
enum Fault: String, CaseIterable {
    case killWorker = "kill-worker"
    case killHub = "kill-hub"
    case killHubAndWorker = "kill-hub-and-worker"
    /// Stopped past its heartbeat: the supervisor has to see that it hangs.
    case stopWorker = "stop-worker"
    case stopHub = "stop-hub"
    /// The hub's helper, which saves the journal's log.
    case killCheckpointer = "kill-checkpointer"
    case stopCheckpointer = "stop-checkpointer"
    /// Everything dies with it; then it is started again on the same folder and port.
    case killSupervisor = "kill-supervisor"
    case reload = "reload"
    /// A manifest with other values, and one that is wrong.
    case reloadChanged = "reload-changed"
    case reloadBad = "reload-bad"
    case upgrade = "upgrade"
    /// Another file in the program's place, and one that is no Tally.
    case upgradeReplaced = "upgrade-replaced"
    case upgradeBad = "upgrade-bad"
    case fillDisk = "fill-disk"
}
