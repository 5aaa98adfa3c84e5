// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing
import WebServer

/// Who is let in: by address and by rate.
@Suite struct AdmissionTests {
    private func address(_ text: String) throws -> SocketAddress {
        try SocketAddress(parsing: text)
    }

    private func time(_ milliseconds: Int64) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000) + .milliseconds(milliseconds)
    }

    @Test func addressGetsWhatItMayHaveAndNoMore() throws {
        let admission = Gate(maximumPerOrigin: 2, maximumPerSecond: 100)
        let one = try address("192.0.2.1:1000")
        #expect(admission.enter(one))
        #expect(admission.enter(try address("192.0.2.1:1001")), "its port does not matter")
        #expect(!admission.enter(one))
        #expect(admission.enter(try address("192.0.2.2:1000")), "another address has its own")
        admission.leave(one)
        #expect(admission.enter(one))
    }

    /// One line has 2^64 addresses at the least: counted one by one they would be no limit.
    @Test func networkOfIPv6CountsAsOne() throws {
        let admission = Gate(maximumPerOrigin: 1, maximumPerSecond: 100)
        #expect(admission.enter(try address("[2001:db8::1]:1")))
        #expect(!admission.enter(try address("[2001:db8::ffff:2]:1")))
        #expect(admission.enter(try address("[2001:db8:0:1::1]:1")))
    }

    /// A listener on [::] sees IPv4 clients as ::ffff:a.b.c.d; they all would share one /64.
    @Test func mappedIPv4CountsAsIPv4() throws {
        let admission = Gate(maximumPerOrigin: 1, maximumPerSecond: 100)
        #expect(admission.enter(try address("[::ffff:192.0.2.1]:1")))
        #expect(admission.enter(try address("[::ffff:192.0.2.2]:1")))
        #expect(!admission.enter(try address("192.0.2.1:1")))
    }

    @Test(arguments: ["127.0.0.1:1", "[::1]:1", "unix:/a"])
    func thisMachineIsNotCounted(text: String) throws {
        let admission = Gate(maximumPerOrigin: 1, maximumPerSecond: 100)
        for _ in 0..<5 { #expect(admission.enter(try address(text))) }
        #expect(admission.originCount == 0)
    }

    /// The table holds who is here, so that a flood from many addresses leaves nothing behind.
    @Test func addressesThatLeftAreForgotten() throws {
        let admission = Gate(maximumPerOrigin: 3, maximumPerSecond: 100)
        for number in 0..<200 {
            #expect(admission.enter(.ipv4(0x0A00_0000 + UInt32(number), port: 1)))
        }
        #expect(admission.originCount == 200)
        for number in 0..<200 { admission.leave(.ipv4(0x0A00_0000 + UInt32(number), port: 9)) }
        #expect(admission.originCount == 0)
        admission.leave(.ipv4(0x0A00_0000, port: 9))
        #expect(admission.originCount == 0)
    }

    @Test func connectionsOfAnotherProcessAreCountedWhateverTheLimit() throws {
        let admission = Gate(maximumPerOrigin: 1, maximumPerSecond: 100)
        let one = try address("192.0.2.1:1")
        admission.enterAdopted(one)
        admission.enterAdopted(one)
        #expect(!admission.enter(one))
        admission.leave(one)
        #expect(!admission.enter(one))
        admission.leave(one)
        #expect(admission.enter(one))
    }

    @Test func rateHoldsOverTime() {
        let admission = Gate(maximumPerOrigin: 1, maximumPerSecond: 100)
        for _ in 0..<100 { #expect(admission.waitBeforeNext(now: time(0)) == nil) }
        #expect(admission.waitBeforeNext(now: time(0)) == .milliseconds(10))
        #expect(admission.waitBeforeNext(now: time(10)) == nil, "one more is due")
        #expect(admission.waitBeforeNext(now: time(10)) != nil)
        var taken = 0
        for millisecond in 11...1_010 {
            while admission.waitBeforeNext(now: time(Int64(millisecond))) == nil { taken += 1 }
        }
        #expect((99...101).contains(taken))
    }

    /// After a quiet hour not more than one second's worth may come at once.
    @Test func restIsNotSavedUp() {
        let admission = Gate(maximumPerOrigin: 1, maximumPerSecond: 10)
        #expect(admission.waitBeforeNext(now: time(0)) == nil)
        var taken = 0
        while admission.waitBeforeNext(now: time(3_600_000)) == nil { taken += 1 }
        #expect(taken == 10)
    }
}

/// An admission that expectations can call: they take no mutating methods.
private final class Gate {
    private var admission: Admission

    init(maximumPerOrigin: Int, maximumPerSecond: Int) {
        admission = Admission(
            maximumPerOrigin: maximumPerOrigin,
            maximumPerSecond: maximumPerSecond
        )
    }

    var originCount: Int { admission.originCount }

    func enter(_ address: SocketAddress) -> Bool { admission.enter(address) }

    func enterAdopted(_ address: SocketAddress) { admission.enterAdopted(address) }

    func leave(_ address: SocketAddress) { admission.leave(address) }

    func waitBeforeNext(now: MonotonicTime) -> Duration? { admission.waitBeforeNext(now: now) }
}
