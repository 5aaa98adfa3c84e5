// SPDX-License-Identifier: Apache-2.0

import AddressRanges
import Testing

/// Whom a plugin may call for somebody else: the Internet, and nothing behind it.
struct PublicAddressTests {
    private func isPublic(_ text: String) -> Bool? {
        var parsed = address()
        guard unsafe address_parse(text, &parsed) else { return nil }
        return unsafe address_is_public(&parsed)
    }

    @Test(arguments: [
        "8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0",
        "169.253.255.255", "223.255.255.255", "126.255.255.255", "128.0.0.1",
        "2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "2001:200::1",
        "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
    ])
    func theInternetIsPublic(_ text: String) {
        #expect(isPublic(text) == true)
    }

    @Test(arguments: [
        "0.0.0.0", "0.255.255.255", "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1",
        "127.255.255.255", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.1",
        "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "100::1",
        "2001::1", "2001:db8::1", "3fff::1", "5f00::1", "64:ff9b:1::1",
    ])
    func whatIsSpecialIsNot(_ text: String) {
        #expect(isPublic(text) == false)
    }

    /// Each is another way to write a private IPv4 address.
    @Test(arguments: [
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::127.0.0.1",
        "64:ff9b::10.0.0.1", "2002:7f00:1::1", "2002:a00:1::", "::127.0.0.1", "::7f00:1",
    ])
    func anEmbeddedPrivateAddressIsPrivate(_ text: String) {
        #expect(isPublic(text) == false)
    }

    @Test(arguments: [
        "", "localhost", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "1.2.3", "1.2.3.4.5",
        "256.0.0.1", "[::1]", "fe80::1%eth0", "127.0.0.1:80", " 127.0.0.1",
    ])
    func onlyPlainAddressesAreRead(_ text: String) {
        #expect(isPublic(text) == nil)
    }
}
