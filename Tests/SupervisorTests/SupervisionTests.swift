// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage
import Testing

@testable import Supervisor

/// A hub (process 1) and two workers (2, 3) on a clock that the test turns.
struct Scene {
    static let hub = ProcessIdentity(.hub)
    static let first = ProcessIdentity(.worker, 0)
    static let second = ProcessIdentity(.worker, 1)

    var supervision: Supervision
    var now = MonotonicTime(nanoseconds: 1_000_000_000)
    var signs: [Int32: SignOfLife] = [:]

    init() {
        var timing = SupervisionTiming()
        timing.heartbeatTimeout = .seconds(5)
        timing.startTimeout = .seconds(10)
        timing.drainTimeout = .seconds(30)
        timing.hubStopTimeout = .seconds(2)
        supervision = Supervision([Self.hub, Self.first, Self.second], timing, now: now)
        #expect(supervision.start() == [.start(Self.hub), .start(Self.first), .start(Self.second)])
        for (index, identity) in [Self.hub, Self.first, Self.second].enumerated() {
            supervision.started(identity, pid: Int32(index + 1), now: now)
            signs[Int32(index + 1)] = SignOfLife(beatCount: 1, isServing: true)
        }
    }

    /// Lets time pass in steps of half a second; everybody in `beating` shows life.
    mutating func wait(_ seconds: Int, beating: [ProcessIdentity]) -> [SupervisionAction] {
        var actions: [SupervisionAction] = []
        for _ in 0..<seconds * 2 {
            now = now + .milliseconds(500)
            for identity in beating {
                guard let pid = supervision.pid(of: identity) else { continue }
                signs[pid]?.beatCount += 1
            }
            actions += supervision.tick(signs, now: now)
        }
        return actions
    }

    mutating func tick() -> [SupervisionAction] { supervision.tick(signs, now: now) }

    mutating func end(_ identity: ProcessIdentity, _ status: Reactor.ExitStatus)
        -> [SupervisionAction]
    {
        guard let pid = supervision.pid(of: identity) else { return [] }
        return end(pid: pid, status)
    }

    mutating func end(pid: Int32, _ status: Reactor.ExitStatus) -> [SupervisionAction] {
        signs[pid] = nil
        return supervision.ended(pid: pid, status, now: now)
    }

    /// A process that has come up.
    mutating func serve(pid: Int32) {
        signs[pid] = SignOfLife(beatCount: 1, isServing: true)
    }
}

@Suite struct SupervisionTests {
    private var scene = Scene()
    private let all = [Scene.hub, Scene.first, Scene.second]

    @Test mutating func announcesOnceThatAllServe() {
        scene.signs[3]?.isServing = false
        #expect(scene.tick() == [])
        scene.signs[3]?.isServing = true
        #expect(scene.tick() == [.announceServing])
        #expect(scene.tick() == [])
    }

    @Test mutating func restartsADeadChildAfterItsBackOff() {
        _ = scene.tick()
        #expect(
            scene.end(Scene.first, .killed(signal: 11))
                == [.restartLater(Scene.first, after: .milliseconds(100))]
        )
        #expect(scene.supervision.nextDeadline == scene.now + .milliseconds(100))
        scene.now = scene.now + .milliseconds(99)
        #expect(scene.tick() == [])
        scene.now = scene.now + .milliseconds(1)
        #expect(scene.tick() == [.start(Scene.first)])
        scene.supervision.started(Scene.first, pid: 9, now: scene.now)
        #expect(
            scene.end(Scene.first, .exited(0))
                == [.restartLater(Scene.first, after: .milliseconds(200))]
        )
    }

    @Test mutating func triesAgainWhenTheSystemStartsNoProcess() {
        #expect(
            scene.supervision.failedToStart(Scene.hub, now: scene.now)
                == [.restartLater(Scene.hub, after: .milliseconds(100))]
        )
    }

    @Test mutating func killsAChildWhoseHeartbeatStalls() {
        _ = scene.tick()
        #expect(scene.wait(4, beating: [Scene.hub, Scene.first]) == [])
        #expect(
            scene.wait(2, beating: [Scene.hub, Scene.first])
                == [.kill(Scene.second, pid: 3, .heartbeatStalled(.seconds(5)))]
        )
        #expect(scene.wait(60, beating: [Scene.hub, Scene.first]) == [])
    }

    @Test mutating func givesAStartingChildLonger() {
        scene.signs[2]?.isServing = false
        #expect(scene.wait(9, beating: [Scene.hub, Scene.second]) == [])
        let actions = scene.wait(2, beating: [Scene.hub, Scene.second])
        #expect(actions == [.kill(Scene.first, pid: 2, .notServing(after: .seconds(10)))])
    }

    @Test mutating func blamesNoChildForTheTimeItWasStoppedItself() {
        _ = scene.tick()
        scene.now = scene.now + .seconds(3_600)
        #expect(scene.tick() == [])
        #expect(scene.wait(1, beating: all) == [])
    }

    @Test mutating func stopsWorkersThenHubThenItself() {
        _ = scene.tick()
        #expect(
            scene.supervision.stop(now: scene.now)
                == [.terminate(Scene.first, pid: 2), .terminate(Scene.second, pid: 3)]
        )
        #expect(scene.end(Scene.second, .exited(0)) == [])
        #expect(scene.end(Scene.first, .exited(0)) == [.terminate(Scene.hub, pid: 1)])
        #expect(scene.end(Scene.hub, .exited(0)) == [.finish(status: 0)])
        #expect(scene.supervision.stop(now: scene.now) == [])
    }

    @Test mutating func stopsAtOnceWithoutWorkers() {
        _ = scene.end(Scene.first, .killed(signal: 9))
        _ = scene.end(Scene.second, .killed(signal: 9))
        #expect(scene.supervision.stop(now: scene.now) == [.terminate(Scene.hub, pid: 1)])
    }

    @Test mutating func keepsTheHubAliveWhileWorkersDrain() {
        _ = scene.supervision.stop(now: scene.now)
        #expect(
            scene.end(Scene.hub, .killed(signal: 9))
                == [.restartLater(Scene.hub, after: .milliseconds(100))]
        )
        _ = scene.end(Scene.first, .exited(0))
        #expect(scene.end(Scene.second, .exited(0)) == [.finish(status: 0)])
    }

    @Test mutating func killsWhoDrainsTooLong() {
        _ = scene.tick()
        _ = scene.supervision.stop(now: scene.now)
        _ = scene.end(Scene.second, .exited(0))
        #expect(scene.wait(30, beating: all) == [])
        #expect(
            scene.wait(1, beating: all) == [.kill(Scene.first, pid: 2, .drainTimeout)]
        )
        #expect(
            scene.end(Scene.first, .killed(signal: 9)) == [.terminate(Scene.hub, pid: 1)]
        )
        #expect(scene.wait(2, beating: all) == [.kill(Scene.hub, pid: 1, .drainTimeout)])
        #expect(scene.end(Scene.hub, .killed(signal: 9)) == [.finish(status: 0)])
    }

    @Test mutating func aSecondRequestKillsAll() {
        _ = scene.supervision.stop(now: scene.now)
        #expect(
            scene.supervision.stop(now: scene.now) == [
                .kill(Scene.hub, pid: 1, .toldTwice), .kill(Scene.first, pid: 2, .toldTwice),
                .kill(Scene.second, pid: 3, .toldTwice),
            ]
        )
        for identity in [Scene.hub, Scene.first] {
            #expect(scene.end(identity, .killed(signal: 9)) == [])
        }
        #expect(scene.end(Scene.second, .killed(signal: 9)) == [.finish(status: 0)])
    }

    @Test mutating func givesUpOnAChildThatCannotStartForGood() {
        #expect(
            scene.end(Scene.hub, .exited(78)) == [
                .giveUp(Scene.hub, status: 78), .terminate(Scene.first, pid: 2),
                .terminate(Scene.second, pid: 3),
            ]
        )
        _ = scene.end(Scene.first, .exited(0))
        #expect(scene.end(Scene.second, .exited(0)) == [.finish(status: 78)])
    }

    @Test mutating func doesNotGiveUpOnAChildThatHasServed() {
        _ = scene.tick()
        #expect(
            scene.end(Scene.hub, .exited(78))
                == [.restartLater(Scene.hub, after: .milliseconds(100))]
        )
    }

    @Test mutating func doesNotGiveUpOnAPassingFailure() {
        #expect(
            scene.end(Scene.hub, .exited(75))
                == [.restartLater(Scene.hub, after: .milliseconds(100))]
        )
    }
}
