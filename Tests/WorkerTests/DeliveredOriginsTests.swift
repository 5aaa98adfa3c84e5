// SPDX-License-Identifier: Apache-2.0

import HubLink
import Testing

@testable import Worker

/// A publication that nobody records is delivered once, whoever asks for it again.
@Suite struct DeliveredOriginsTests {
    private var delivered = DeliveredOrigins()

    private mutating func isNew(_ incarnation: UInt64, _ request: UInt64) -> Bool {
        delivered.note(.init(incarnation: incarnation, request: RequestID(rawValue: request)))
    }

    @Test mutating func whatIsAskedAgainIsNotNew() {
        #expect(isNew(1, 5))
        #expect(isNew(1, 7), "not every request is a publication for this worker")
        #expect(!isNew(1, 7))
        #expect(!isNew(1, 5))
        #expect(isNew(1, 8))
    }

    @Test mutating func workersHaveNumbersOfTheirOwn() {
        #expect(isNew(1, 5))
        #expect(isNew(2, 5))
        #expect(isNew(2, 6))
        #expect(!isNew(1, 5))
    }

    @Test mutating func forgetsWhoWasHeardFirst() {
        for name in 0..<UInt64(DeliveredOrigins.maximumCount) { #expect(isNew(name, 1)) }
        #expect(!isNew(0, 1))
        #expect(isNew(.max, 1))
        #expect(!isNew(1, 1))
        #expect(isNew(0, 1), "forgotten for the one above")
    }
}
