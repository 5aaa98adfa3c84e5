// SPDX-License-Identifier: Apache-2.0

import Channels
import Testing
import WebServer

@testable import Worker

/// The list behaves as the array that it stands for.
@Suite struct SubscriptionListTests {
    private func subscription(_ number: UInt32) throws -> Subscription {
        let audience = ChannelAudience(
            name: try ChannelName("a"),
            conflationKey: ConflationKey(rawValue: 1)
        )
        return Subscription(
            channel: audience,
            place: .awaited(reservation: number),
            traits: [],
            expiresAt: 0
        )
    }

    @Test func keepsTheOrderWhateverIsTakenOut() throws {
        for removed in 0..<4 {
            var list = SubscriptionList()
            #expect(list.isEmpty)
            for number in UInt32(0)..<4 { list.append(try subscription(number)) }
            #expect(list.compactMap(\.reservation) == [0, 1, 2, 3])
            #expect(list.remove(at: removed).reservation == UInt32(removed))
            #expect(list.compactMap(\.reservation) == (UInt32(0)..<4).filter { $0 != removed })
            list[2].expiresAt = 7
            list[0].expiresAt = 5
            #expect(list.map(\.expiresAt) == [5, 0, 7])
            while !list.isEmpty { _ = list.remove(at: 0) }
            list.append(try subscription(9))
            #expect(list.compactMap(\.reservation) == [9])
        }
    }
}
