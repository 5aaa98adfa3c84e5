// SPDX-License-Identifier: Apache-2.0

import Channels
import Manifest
import Testing

@Suite struct HandoverTests {
    private var changed: Configuration {
        var configuration = Configuration()
        configuration.listen = []
        configuration.data = "with space, comma\u{A0}and = signs"
        configuration.tokens.secret = Secret([0, 1, 0xFE, 0xFF])
        configuration.anonymous.allow = [.subscribe, .moderate]
        configuration.supervisor.drainTimeout = .milliseconds(1_500)
        configuration.isDemo = true
        configuration.channels.append(ChannelRule(pattern: "a:*"))
        return configuration
    }

    @Test func childrenGetExactlyWhatWasValidated() throws {
        for configuration in [Configuration(), changed] {
            let bytes = configuration.encoded(includingSecret: true)
            #expect(try Configuration(decoding: bytes) == configuration)
        }
    }

    @Test func keepsTheSecretFromTheHub() throws {
        let bytes = changed.encoded(includingSecret: false)
        #expect(try Configuration(decoding: bytes).tokens.secret.isEmpty)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("0001feff"))
    }

    @Test func refusesWhatAnotherVersionWrote() {
        let text = String(decoding: changed.encoded(includingSecret: true), as: UTF8.self)
        let refused: [(String, HandoverError)] = [
            ("", .unknownVersion),
            (text.replacing("configuration 1", with: "configuration 2"), .unknownVersion),
            (text.replacing("workers\t0\n", with: ""), .missingKey("workers")),
            (text.replacing("workers\t0\n", with: "workers\t-1\n"), .badValue(key: "workers")),
            (text.replacing("demo\t", with: "new\t1\ndemo\t"), .unknownKey("new")),
            (text.replacing("0001feff", with: "0001fef"), .badValue(key: "secret")),
        ]
        for (text, error) in refused {
            #expect(throws: error) { try Configuration(decoding: Array(text.utf8)) }
        }
    }

    @Test func neverDescribesTheSecret() {
        let dumped = String(describing: changed) + String(reflecting: changed)
        #expect(!dumped.contains("254"))
        #expect(dumped.contains("(secret)"))
    }
}
