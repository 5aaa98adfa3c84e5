// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage
import Testing

@testable import Supervisor

/// How children are replaced: a hub (process 1) and two workers (2, 3) that serve.
@Suite struct RenewalTests {
    private var scene = Scene()
    private let timing: SupervisionTiming
    private let all = [Scene.hub, Scene.first, Scene.second]

    init() {
        var timing = SupervisionTiming()
        timing.drainTimeout = .seconds(30)
        timing.successorTimeout = .seconds(20)
        timing.hubStopTimeout = .seconds(2)
        self.timing = timing
        _ = scene.tick()
    }

    private mutating func renew(
        workers: [ProcessIdentity] = [Scene.first, Scene.second],
        surplus: [ProcessIdentity] = [],
        includingHub: Bool = true
    ) -> [SupervisionAction] {
        scene.supervision.renew(
            RenewalPlan(workers: workers, surplus: surplus, includesHub: includingHub),
            timing,
            now: scene.now
        )
    }

    private mutating func succeed(_ identity: ProcessIdentity, by pid: Int32) {
        scene.supervision.successorStarted(identity, pid: pid, now: scene.now)
        scene.signs[pid] = SignOfLife(beatCount: 1, isServing: false)
    }

    @Test mutating func replacesWorkersOneAfterAnotherAndTheHubLast() {
        #expect(renew() == [.startSuccessor(Scene.first)])
        succeed(Scene.first, by: 12)
        #expect(scene.tick() == [])
        scene.serve(pid: 12)
        #expect(
            scene.tick() == [
                .promote(Scene.first, pid: 12, retiring: 2), .startSuccessor(Scene.second),
            ]
        )
        succeed(Scene.second, by: 13)
        scene.serve(pid: 13)
        #expect(
            scene.tick() == [
                .promote(Scene.second, pid: 13, retiring: 3), .terminate(Scene.hub, pid: 1),
            ]
        )
        #expect(scene.end(pid: 2, .exited(0)) == [])
        #expect(scene.end(Scene.hub, .exited(0)) == [.start(Scene.hub)])
        scene.supervision.started(Scene.hub, pid: 11, now: scene.now)
        scene.signs[11] = SignOfLife(beatCount: 0, isServing: false)
        #expect(scene.tick() == [])
        scene.serve(pid: 11)
        #expect(scene.tick() == [.renewed])
        #expect(!scene.supervision.isRenewing)
        #expect(scene.supervision.retiring.map(\.pid) == [3])
        #expect(scene.supervision.pid(of: Scene.first) == 12)
    }

    @Test mutating func leavesTheHubAloneWhereThePlanDoes() {
        #expect(renew(workers: [], includingHub: false) == [.renewed])
    }

    @Test mutating func retriesASuccessorThatDies() {
        _ = renew()
        for pid in Int32(12)...13 {
            succeed(Scene.first, by: pid)
            #expect(
                scene.end(pid: pid, .killed(signal: 9)) == [.startSuccessor(Scene.first)]
            )
        }
        succeed(Scene.first, by: 14)
        let failure = RenewalFailure(
            identity: Scene.first,
            reason: .ended(.killed(signal: 9)),
            replaced: []
        )
        #expect(scene.end(pid: 14, .killed(signal: 9)) == [.renewalFailed(failure)])
        #expect(scene.supervision.pid(of: Scene.first) == 2)
        #expect(scene.tick() == [])
    }

    @Test mutating func givesUpAtOnceOnASuccessorThatCannotStartForGood() {
        _ = renew()
        succeed(Scene.first, by: 12)
        scene.serve(pid: 12)
        _ = scene.tick()
        succeed(Scene.second, by: 13)
        let failure = RenewalFailure(
            identity: Scene.second,
            reason: .ended(.exited(78)),
            replaced: [Scene.first]
        )
        // The service goes on: that is for first starts only.
        #expect(scene.end(pid: 13, .exited(78)) == [.renewalFailed(failure)])
        #expect(!scene.supervision.isStopping)
    }

    @Test mutating func abandonsASuccessorAtItsDeadline() {
        _ = renew()
        succeed(Scene.first, by: 12)
        #expect(scene.wait(19, beating: all) == [])
        #expect(scene.supervision.nextDeadline == scene.now + .seconds(1))
        let failure = RenewalFailure(
            identity: Scene.first,
            reason: .notServing(after: .seconds(20)),
            replaced: []
        )
        #expect(
            scene.wait(1, beating: all) == [
                .kill(Scene.first, pid: 12, .notServing(after: .seconds(20))),
                .renewalFailed(failure),
            ]
        )
        #expect(scene.end(pid: 12, .killed(signal: 9)) == [])
        #expect(scene.supervision.pid(of: Scene.first) == 2)
        #expect(scene.supervision.retiring.isEmpty)
    }

    @Test mutating func aSuccessorGoesOnWithoutItsPredecessor() {
        _ = renew()
        succeed(Scene.first, by: 12)
        #expect(
            scene.end(pid: 2, .killed(signal: 11))
                == [.promote(Scene.first, pid: 12, retiring: nil)]
        )
        scene.serve(pid: 12)
        #expect(scene.tick() == [.startSuccessor(Scene.second)])
    }

    @Test mutating func startsAWorkerThatLiesDown() {
        _ = scene.end(Scene.first, .killed(signal: 11))
        #expect(renew() == [.start(Scene.first)])
        scene.supervision.started(Scene.first, pid: 12, now: scene.now)
        scene.serve(pid: 12)
        #expect(scene.tick() == [.startSuccessor(Scene.second)])
    }

    @Test mutating func startsMoreWorkersAndRetiresSurplusOnes() {
        let third = ProcessIdentity(.worker, 2)
        #expect(
            renew(workers: [third], surplus: [Scene.second], includingHub: false)
                == [.start(third)]
        )
        scene.supervision.started(third, pid: 14, now: scene.now)
        scene.serve(pid: 14)
        #expect(
            scene.tick() == [
                .retire(Scene.second, pid: 3), .forget(Scene.second), .renewed,
            ]
        )
        #expect(scene.supervision.pid(of: Scene.second) == nil)
        #expect(scene.end(pid: 3, .exited(0)) == [])
        #expect(scene.supervision.children.map(\.identity) == [Scene.hub, Scene.first, third])
    }

    @Test mutating func killsARetiringProcessThatStaysTooLong() {
        _ = renew(workers: [Scene.first], includingHub: false)
        succeed(Scene.first, by: 12)
        scene.serve(pid: 12)
        #expect(scene.tick() == [.promote(Scene.first, pid: 12, retiring: 2), .renewed])
        #expect(scene.wait(30, beating: all) == [])
        #expect(scene.wait(1, beating: all) == [.kill(Scene.first, pid: 2, .drainTimeout)])
        #expect(scene.wait(5, beating: all) == [])
    }

    @Test mutating func killsAHubThatDoesNotEnd() {
        #expect(renew(workers: []) == [.terminate(Scene.hub, pid: 1)])
        #expect(scene.wait(1, beating: all) == [])
        #expect(scene.wait(1, beating: all) == [.kill(Scene.hub, pid: 1, .drainTimeout)])
        #expect(scene.end(Scene.hub, .killed(signal: 9)) == [.start(Scene.hub)])
    }

    @Test mutating func failsWithAHubThatCannotStart() {
        _ = renew(workers: [])
        _ = scene.end(Scene.hub, .exited(0))
        scene.supervision.started(Scene.hub, pid: 11, now: scene.now)
        scene.signs[11] = SignOfLife(beatCount: 0, isServing: false)
        let failure = RenewalFailure(
            identity: Scene.hub,
            reason: .ended(.exited(78)),
            replaced: []
        )
        let actions = scene.end(Scene.hub, .exited(78))
        #expect(actions.first == .renewalFailed(failure))
        #expect(actions.last == .restartLater(Scene.hub, after: .milliseconds(100)))
    }

    @Test mutating func stoppingCancelsAndTakesTheSuccessorAlong() {
        _ = renew()
        succeed(Scene.first, by: 12)
        #expect(
            scene.supervision.stop(now: scene.now) == [
                .renewalCancelled, .terminate(Scene.first, pid: 2),
                .terminate(Scene.second, pid: 3), .terminate(Scene.first, pid: 12),
            ]
        )
        _ = scene.end(pid: 2, .exited(0))
        #expect(scene.end(pid: 3, .exited(0)) == [])
        #expect(scene.end(pid: 12, .exited(0)) == [.terminate(Scene.hub, pid: 1)])
    }

    @Test mutating func stoppingTwiceKillsWhoRetires() {
        _ = renew(workers: [Scene.first], includingHub: false)
        succeed(Scene.first, by: 12)
        scene.serve(pid: 12)
        _ = scene.tick()
        _ = scene.supervision.stop(now: scene.now)
        #expect(
            scene.supervision.stop(now: scene.now)
                .contains(.kill(Scene.first, pid: 2, .toldTwice))
        )
    }
}
