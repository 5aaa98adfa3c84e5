// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// One process's place in the status page.
///
/// The process beats and counts here; the supervisor says who it is. Every word has one writer, so
/// counting needs no locked instruction.
package final class StatusSlot {
    /// Between two beats; the supervisor kills a process whose beats stop for its timeout.
    package static let beatInterval = Duration.milliseconds(200)

    let memory: SharedMemory
    let offset: Int
    /// What this process counts of plugins; nil: it has none, or there was no room.
    private var pluginArea: PluginArea?

    init(_ memory: SharedMemory, offset: Int) {
        self.memory = memory
        self.offset = offset
    }

    subscript(word: Int) -> UInt64 {
        get { memory[offset + word] }
        set { memory[offset + word] = newValue }
    }

    // MARK: The process itself

    /// Beats now and from now on, for as long as the loop turns: a loop that hangs stops beating.
    package func startBeating(on loop: EventLoop) {
        beat(now: loop.now)
        loop.schedule(after: Self.beatInterval) { [self] in startBeating(on: loop) }
    }

    package func beat(now: MonotonicTime) {
        self[StatusLayout.Slot.beatTime] = now.nanoseconds
        self[StatusLayout.Slot.beatCount] &+= 1
    }

    /// Say `serving` once work is taken on: until then the supervisor waits, and an upgrade counts
    /// as not come up.
    package func setPhase(_ phase: ProcessPhase) {
        self[StatusLayout.Slot.phase] = phase.rawValue
    }

    package func setConnections(_ count: Int) {
        self[StatusLayout.Slot.connections] = UInt64(clamping: count)
    }

    package func add(_ counter: Counter, _ count: Int = 1) {
        self[StatusLayout.Slot.counters + counter.rawValue] &+= UInt64(clamping: count)
    }

    /// `PluginMark.word`.
    var mark: UInt64 {
        get { self[StatusLayout.Slot.pluginMark] }
        set { self[StatusLayout.Slot.pluginMark] = newValue }
    }

    /// This process's figures of a plugin; nil where nobody keeps them.
    package func pluginFigures(_ plugin: Int) -> PluginFigures? {
        pluginArea?.figures(of: plugin)
    }

    func attach(_ area: PluginArea) { pluginArea = area }

    // MARK: The supervisor

    /// Says whose slot it is, before the process is started.
    package func assign(_ identity: ProcessIdentity, _ standing: ProcessStanding) {
        self[StatusLayout.Slot.index] = UInt64(clamping: identity.index)
        self[StatusLayout.Slot.role] = identity.role.rawValue
        ended()
        mark = PluginMark.none
        clearFault()
        setStanding(standing)
    }

    package func setStanding(_ standing: ProcessStanding) {
        self[StatusLayout.Slot.standing] = standing.rawValue
    }

    /// Whose slot it is; nil before it was assigned.
    package var identity: ProcessIdentity? {
        guard let role = ProcessRole(rawValue: self[StatusLayout.Slot.role]) else { return nil }
        return ProcessIdentity(role, Int(clamping: self[StatusLayout.Slot.index]))
    }

    /// Notes a process that has just been started; its counters go on from those of the process that
    /// was here before.
    package func began(pid: Int32, restarts: Int, at unixMilliseconds: Int64) {
        self[StatusLayout.Slot.restarts] = UInt64(clamping: restarts)
        self[StatusLayout.Slot.startedAt] = UInt64(clamping: unixMilliseconds)
        self[StatusLayout.Slot.pid] = UInt64(clamping: pid)
    }

    /// Notes that the process is gone: nobody is connected to it any more.
    package func ended() {
        self[StatusLayout.Slot.phase] = ProcessPhase.down.rawValue
        self[StatusLayout.Slot.connections] = 0
        self[StatusLayout.Slot.beatTime] = 0
        self[StatusLayout.Slot.pid] = 0
    }

    /// Rises while the process is alive; any other value than last time is a sign of life.
    package var beatCount: UInt64 { self[StatusLayout.Slot.beatCount] }

    /// nil: the process wrote something that is no phase.
    package var phase: ProcessPhase? { ProcessPhase(rawValue: self[StatusLayout.Slot.phase]) }
}
