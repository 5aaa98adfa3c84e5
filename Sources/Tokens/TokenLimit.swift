// SPDX-License-Identifier: Apache-2.0

import Channels

/// How large a token and what is in it may be.
package enum TokenLimit {
    /// Bytes of the whole token: what HTTP servers and proxies let pass in one header.
    package static let token = 8 * 1_024
    /// Bytes of the decoded header; real ones have under 100.
    package static let header = 1_024
    /// Containers within each other, in the header and in the claims; `caps` needs 4, `info` is
    /// the issuer's.
    package static let depth = 16
    /// Bytes of `info` as compact JSON: it goes out with every comment, join and presence entry.
    package static let info = 1_024
    /// Capabilities in `caps`; each is looked at on every command.
    package static let capabilities = 64
    /// Channels or patterns in one capability.
    package static let channelsPerCapability = 64
    /// Entries in one capability's `allow`; there are six words.
    package static let allowances = 16
    /// Entries in `aud`.
    package static let audiences = 64
    /// Bytes of `sub`, `jti`, `iss`, `aud` and channel names.
    package static let name = ChannelName.maximumByteCount
    /// Seconds: the end of the year 9999; a larger time is one in milliseconds, by mistake.
    package static let latestTime: Int64 = 253_402_300_799
    /// Bytes: RFC 7518 §3.2 asks for a secret at least as long as the hash.
    package static let shortestSecret = 32
    /// Bytes: what libjose takes.
    package static let longestSecret = 1_024
    /// Bytes of a file or an answer with public keys; a set of a hundred RSA keys has 50 KiB.
    package static let keyDocument = 64 * 1_024
    /// Keys of one set; a token without `kid` is held against each that has its algorithm.
    package static let keys = 32
    /// Below, a key can be factored; above, one check takes milliseconds.
    package static let rsaBits = 2_048...8_192
    /// Nearly all keys have 65537; a long exponent makes a check slow.
    package static let longestExponentBits = 32
    /// Seconds of difference between clocks that a manifest may allow.
    package static let longestClockSkew: Int64 = 300
}
