// SPDX-License-Identifier: Apache-2.0

/// What a run can do to the service.
enum Fault: String, CaseIterable {
    case killWorker = "kill-worker"
    case killHub = "kill-hub"
    case killHubAndWorker = "kill-hub-and-worker"
    /// Stopped past its heartbeat: the supervisor has to see that it hangs.
    case stopWorker = "stop-worker"
    case stopHub = "stop-hub"
    /// Everything dies with it; then it is started again on the same folder and port.
    case killSupervisor = "kill-supervisor"
    case reload = "reload"
    case upgrade = "upgrade"
    case fillDisk = "fill-disk"
}
