// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import Testing

@Suite struct EventLoopTests {
    @Test func callsHandlerWhileReadable() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        let recorder = Recorder()
        let registration = try loop.add(pair.near.raw, .readable, handler: recorder)
        try loop.runOnce(maximumWait: .zero)
        #expect(recorder.seen.isEmpty)

        #expect(Socket.send(pair.far.raw, [1, 2], from: 0) == .transferred(2))
        try loop.runOnce(maximumWait: .seconds(5))
        try loop.runOnce(maximumWait: .seconds(5))
        #expect(recorder.seen == [.readable, .readable])
        loop.remove(registration)
    }

    @Test func reportsThePeersClose() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        let recorder = Recorder()
        let registration = try loop.add(pair.near.raw, .readable, handler: recorder)
        Socket.shutdownSending(pair.far.raw)
        try loop.runOnce(maximumWait: .seconds(5))
        #expect(recorder.seen == [[.readable, .closedByPeer]])
        loop.remove(registration)
    }

    @Test func followsAChangedInterest() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        let recorder = Recorder()
        let registration = try loop.add(pair.near.raw, [], handler: recorder)
        #expect(Socket.send(pair.far.raw, [1], from: 0) == .transferred(1))
        try loop.runOnce(maximumWait: .zero)
        #expect(recorder.seen.isEmpty)
        loop.modify(registration, [.readable, .writable])
        try loop.runOnce(maximumWait: .seconds(5))
        #expect(recorder.seen == [[.readable, .writable]])
        loop.remove(registration)
    }

    @Test func dropsTheEventOfARegistrationRemovedInTheSameTurn() throws {
        let loop = try EventLoop()
        let first = try SocketPair()
        let second = try SocketPair()
        let recorder = Recorder()
        var registrations: [Registration] = []
        recorder.action = {
            // Whoever runs first removes both, and a newcomer takes over a slot.
            for registration in registrations { loop.remove(registration) }
            registrations = []
        }
        for pair in [first, second] {
            registrations.append(try loop.add(pair.near.raw, .writable, handler: recorder))
        }
        try loop.runOnce(maximumWait: .seconds(5))
        #expect(recorder.seen.count == 1)
        #expect(loop.registrationCount == 0)
    }

    @Test func ignoresAStaleRegistration() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        let old = try loop.add(pair.near.raw, .readable, handler: Recorder())
        loop.remove(old)
        let recorder = Recorder()
        let new = try loop.add(pair.near.raw, .writable, handler: recorder)
        loop.remove(old)
        loop.modify(old, [])
        try loop.runOnce(maximumWait: .seconds(5))
        #expect(recorder.seen == [.writable])
        loop.remove(new)
    }

    @Test func letsGoOfARemovedHandler() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        weak var held: Recorder?
        let registration: Registration
        do {
            let recorder = Recorder()
            held = recorder
            registration = try loop.add(pair.near.raw, .readable, handler: recorder)
        }
        #expect(held != nil)
        loop.remove(registration)
        #expect(held == nil)
    }

    @Test func runsTimersInOrderAndNotEarly() throws {
        let loop = try EventLoop()
        var order: [Int] = []
        let start = MonotonicTime.now()
        loop.schedule(after: .milliseconds(10)) {
            order.append(2)
            loop.stop()
        }
        loop.schedule(after: .milliseconds(2)) { order.append(1) }
        loop.schedule(after: .zero) { order.append(0) }
        try loop.run()
        #expect(order == [0, 1, 2])
        #expect(MonotonicTime.now() - start >= .milliseconds(10))
    }

    @Test func forgetsACancelledTimer() throws {
        let loop = try EventLoop()
        var ran = false
        let timer = loop.schedule(after: .zero) { ran = true }
        loop.cancel(timer)
        try loop.runOnce(maximumWait: .zero)
        #expect(!ran)
    }

    @Test func aTimerThatReschedulesItselfDoesNotHoldTheTurn() throws {
        let loop = try EventLoop()
        var runs = 0
        func again() {
            runs += 1
            loop.schedule(after: .zero, again)
        }
        loop.schedule(after: .zero, again)
        try loop.runOnce(maximumWait: .zero)
        #expect(runs == 1)
    }

    @Test func runsDeferredActionsAfterTheTurnsEvents() throws {
        let loop = try EventLoop()
        let pair = try SocketPair()
        var order: [String] = []
        let recorder = Recorder()
        recorder.action = {
            loop.deferToEndOfTurn {
                order.append("flush")
                loop.deferToEndOfTurn { order.append("nested") }
            }
            order.append("event")
        }
        let registration = try loop.add(pair.near.raw, .writable, handler: recorder)
        loop.schedule(after: .zero) { order.append("timer") }
        try loop.runOnce(maximumWait: .seconds(5))
        #expect(order == ["event", "timer", "flush", "nested"])
        loop.remove(registration)
    }

    @Test func aCircleOfDeferredActionsLetsEventsThrough() throws {
        let loop = try EventLoop()
        var runs = 0
        func again() {
            runs += 1
            loop.deferToEndOfTurn(again)
        }
        loop.deferToEndOfTurn(again)
        try loop.runOnce(maximumWait: nil)
        #expect(runs == 16)
        try loop.runOnce(maximumWait: nil)
        #expect(runs == 32)
    }

    @Test func turnsSignalsIntoCalls() throws {
        let loop = try EventLoop()
        var seen: [Int32] = []
        try loop.watchSignals([SIGUSR1, SIGUSR2]) { seen.append($0) }
        // raise(3) signals this thread, whose mask `watchSignals` changed.
        raise(SIGUSR2)
        raise(SIGUSR1)
        raise(SIGUSR1)
        try loop.runOnce(maximumWait: .seconds(5))
        #expect(seen == [SIGUSR1, SIGUSR2])
    }
}
