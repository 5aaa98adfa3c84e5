// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Worker

/// Whether a token whose key is unknown is worth another look at the issuer's keys.
@Suite struct MissingKeysTests {
    private var missing = MissingKeys()

    private mutating func mayCome(
        _ name: String,
        fetched fetchCount: Int,
        whileFetching isFetching: Bool = false
    ) -> Bool {
        missing.mayCome(Array(name.utf8), fetchCount: fetchCount, isFetching: isFetching)
    }

    @Test mutating func aKeyThatIsNotInTheNextSetIsNone() {
        #expect(mayCome("new", fetched: 3))
        // It is being fetched, or could not be.
        #expect(mayCome("new", fetched: 3, whileFetching: true))
        #expect(mayCome("new", fetched: 3))
        #expect(!mayCome("new", fetched: 4))
        #expect(!mayCome("new", fetched: 9, whileFetching: true))
    }

    /// The issuer may have made the answer that is on its way before it made the key.
    @Test mutating func theSetThatIsOnItsWaySaysNothingOfAKeyThatComesMeanwhile() {
        #expect(mayCome("new", fetched: 3, whileFetching: true))
        #expect(mayCome("new", fetched: 4))
        #expect(mayCome("new", fetched: 4, whileFetching: true))
        #expect(!mayCome("new", fetched: 5))
    }

    @Test mutating func oneNameSaysNothingOfAnother() {
        #expect(mayCome("invented", fetched: 0))
        #expect(!mayCome("invented", fetched: 1))
        #expect(mayCome("new", fetched: 1))
        #expect(!mayCome("invented", fetched: 1))
    }

    @Test mutating func noMoreNamesAreRememberedThanMayBe() {
        for index in 0..<MissingKeys.maximumCount { _ = mayCome("\(index)", fetched: 0) }
        #expect(missing.count == MissingKeys.maximumCount)
        #expect(!mayCome("0", fetched: 1))
        #expect(mayCome("one more", fetched: 1))
        #expect(missing.count == 1)
    }
}
