// SPDX-License-Identifier: Apache-2.0

import AddressRanges
import Testing

/// Ranges decide who may call and who may be called: an off-by-one bit opens a network.
struct AddressRangeTests {
    private func isIn(_ range: String, _ text: String) -> Bool? {
        var parsedRange = address_range()
        var parsed = address()
        guard unsafe address_range_parse(range, &parsedRange),
            unsafe address_parse(text, &parsed)
        else { return nil }
        return unsafe address_range_contains(&parsedRange, &parsed)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", true),
        ("10.0.0.0/8", "11.0.0.0", false),
        ("10.0.0.0/8", "9.255.255.255", false),
        ("192.0.2.128/25", "192.0.2.128", true),
        ("192.0.2.128/25", "192.0.2.127", false),
        ("192.0.2.6/31", "192.0.2.7", true),
        ("192.0.2.6/31", "192.0.2.8", false),
        ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "192.0.2.0", false),
        ("0.0.0.0/0", "203.0.113.9", true),
        ("0.0.0.0/0", "::1", false),
        ("::/0", "203.0.113.9", true),
        ("fd00::/8", "fdff::1", true),
        ("fd00::/8", "fc00::1", false),
        ("127.0.0.0/8", "::ffff:127.0.0.1", true),
        ("::1", "::1", true),
    ])
    func containsWhatItsPrefixSays(_ range: String, _ text: String, _ expected: Bool) {
        #expect(isIn(range, text) == expected)
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8",
        "10.0.0.0/ 8", "10.0.0.0/8a", "10.1.0.0/8", "10.0.0.1/31", "::1/127", "fd00::/129",
        "host/8",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd:eeee/8",
    ])
    func refusesWhatIsNoRange(_ range: String) {
        #expect(isIn(range, "10.0.0.1") == nil)
    }

    @Test func aListHoldsAsManyAsItsLimit() {
        var list = address_list()
        for _ in 0..<ADDRESS_LIST_LIMIT { #expect(unsafe address_list_add(&list, "10.0.0.0/8")) }
        #expect(unsafe !address_list_add(&list, "10.0.0.0/8"))
        #expect(list.count == Int(ADDRESS_LIST_LIMIT))
    }
}
