// SPDX-License-Identifier: Apache-2.0

import Manifest
import Reactor
import WebServer

/// Keeps queries of many connections from keeping the hub busy.
///
/// A connection's own budget bounds one connection. These bound whoever has many (a user, or an
/// address where nobody says who it is), and all of a worker together by what their answers weigh.
struct QueryGuard {
    /// Whom queries are counted for.
    enum Asker: Hashable {
        case user(String)
        case address(Admission.Origin)
    }

    /// Askers that are remembered, with 5 MiB; beyond it the worker's budget alone holds.
    static let maximumAskers = 50_000
    /// What a query costs before its answer is known, and at least: a request's way through the hub.
    static let minimumCost = 1_024
    /// Seconds of the worker's rate that may be spent at once: everybody comes back after a reload.
    private static let burstSeconds = 4

    /// One asker's questions may weigh this part of the worker's rate, so that one alone leaves most
    /// of it to all others.
    private static let shareOfOne = 4

    private let asker: BudgetLimits
    /// Bytes a second.
    private let byteRate: Int
    private var askers: [Asker: CommandBudget] = [:]
    private var bytes: CommandBudget

    init(_ client: ClientSettings, _ hub: HubSettings, now: UInt32) {
        asker = BudgetLimits(
            rate: client.queriesPerSecondPerUser,
            burst: client.queriesPerSecondPerUser * 10
        )
        byteRate = hub.queryByteRate
        bytes = CommandBudget(burst: Self.burstSeconds * byteRate, now: now)
    }

    var askerCount: Int { askers.count }

    /// Takes one query; nil for an asker who is not counted, as this machine's own addresses.
    ///
    /// - Returns: nil when it may be asked, else the milliseconds until it may.
    mutating func spend(_ asker: Asker?, now: UInt32) -> Int64? {
        if let asker, let wait = spendOwn(asker, now: now) { return wait }
        return bytes.spend(
            Float(Self.minimumCost),
            rate: byteRate,
            burst: Self.burstSeconds * byteRate,
            now: now
        )
    }

    private mutating func spendOwn(_ asker: Asker, now: UInt32) -> Int64? {
        guard askers[asker] != nil || askers.count < Self.maximumAskers else { return nil }
        return askers[asker, default: CommandBudget(burst: self.asker.burst, now: now)]
            .spend(rate: self.asker.rate, burst: self.asker.burst, now: now)
    }

    /// Counts what an answer weighs, once it is known; the next ones wait for it, and whoever asked
    /// the longest.
    mutating func weigh(answerByteCount: Int, for asker: Asker?) {
        let weight = Float(max(0, answerByteCount - Self.minimumCost))
        guard weight > 0 else { return }
        bytes.charge(weight, burst: Self.burstSeconds * byteRate)
        guard let asker, askers[asker] != nil else { return }
        // In questions, so that all that one may ask in a second weighs its part of the rate.
        let share = Float(max(1, byteRate / Self.shareOfOne)) / Float(self.asker.rate)
        askers[asker]?.charge(weight / share, burst: self.asker.burst)
    }

    /// Forgets those who have waited long enough to have all again.
    mutating func sweep(now: UInt32) {
        askers = askers.filter { !$0.value.isFull(asker, now: now) }
    }
}
