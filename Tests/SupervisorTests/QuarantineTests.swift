// SPDX-License-Identifier: Apache-2.0

import Reactor
import StatusPage
import Testing

@testable import Supervisor

/// What becomes of workers that a plugin kills: a hub (process 1) and two workers (2, 3) that serve.
@Suite struct QuarantineTests {
    private var scene = Scene()
    private let loss = PluginLoss(plugin: "a", death: .sample)

    init() {
        _ = scene.supervision.plugins.adopt([.sample("a")], numbersInUse: [])
        _ = scene.tick()
    }

    private mutating func die(_ pid: Int32, _ loss: PluginLoss?) -> [SupervisionAction] {
        scene.signs[pid] = nil
        return scene.supervision.ended(
            pid: pid,
            .killed(signal: 11),
            loss: loss,
            now: scene.now
        )
    }

    private mutating func start(_ identity: ProcessIdentity, _ pid: Int32) {
        scene.supervision.started(identity, pid: pid, now: scene.now)
        scene.serve(pid: pid)
    }

    @Test mutating func theyRestartAtOnceUntilTheQuarantine() {
        for pid in Int32(12)...13 {
            let old = scene.supervision.pid(of: Scene.first) ?? 0
            #expect(die(old, loss) == [.restartLater(Scene.first, after: .zero)])
            #expect(scene.tick() == [.start(Scene.first)])
            start(Scene.first, pid)
        }
        #expect(
            die(13, loss) == [
                .quarantine(plugin: "a"), .restartLater(Scene.first, after: .zero),
            ]
        )
        // Another one that had it still.
        #expect(die(3, loss) == [.restartLater(Scene.second, after: .zero)])
        #expect(scene.supervision.plugins.places.map(\.isQuarantined) == [true])
    }

    @Test mutating func otherDeathsWaitAsEver() {
        _ = die(2, loss)
        _ = scene.tick()
        start(Scene.first, 12)
        #expect(die(12, nil) == [.restartLater(Scene.first, after: .milliseconds(100))])
        #expect(scene.supervision.plugins["a"]?.deathCount == 1)
    }

    @Test mutating func tooManyPromptRestartsAreNoMore() {
        _ = scene.supervision.plugins.adopt([.sample("a", deaths: 100)], numbersInUse: [])
        var delays: [Duration] = []
        for pid in Int32(20)..<20 + 19 {
            let old = scene.supervision.pid(of: Scene.first) ?? 0
            guard case .restartLater(_, let delay) = die(old, loss).last else { return }
            delays.append(delay)
            scene.now = scene.now + delay
            _ = scene.tick()
            start(Scene.first, pid)
        }
        let most = PluginRoster.maximumPromptRestarts
        #expect(delays[..<most].allSatisfy { $0 == .zero })
        #expect(delays[most...].allSatisfy { $0 > .zero })
    }

    @Test mutating func successorsThatDieOfItFailTheirRenewalAndNoMore() {
        _ = scene.supervision.renew(
            RenewalPlan(workers: [Scene.first]),
            SupervisionTiming(),
            now: scene.now
        )
        var actions: [SupervisionAction] = []
        for pid in Int32(12)...14 {
            scene.supervision.successorStarted(Scene.first, pid: pid, now: scene.now)
            actions = die(pid, loss)
        }
        guard case .renewalFailed = actions.last else {
            Issue.record("\(actions)")
            return
        }
        #expect(scene.supervision.plugins["a"]?.deathCount == 0)
        #expect(scene.supervision.pid(of: Scene.first) == 2)
    }

    @Test mutating func aChildThatARenewalStartsIsNotRemembered() {
        let third = ProcessIdentity(.worker, 2)
        _ = scene.supervision.renew(
            RenewalPlan(workers: [third]),
            SupervisionTiming(),
            now: scene.now
        )
        scene.supervision.started(third, pid: 4, now: scene.now)
        scene.signs[4] = SignOfLife(beatCount: 0, isServing: false)
        _ = die(4, loss)
        #expect(scene.supervision.plugins["a"]?.deathCount == 0)
    }
}
