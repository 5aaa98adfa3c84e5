// SPDX-License-Identifier: Apache-2.0

import Manifest
import Testing

@Suite struct ListenEntryTests {
    @Test(arguments: [
        "127.0.0.1:8000", "[::]:443 tls", "[::1]:0 tls proxy_protocol", "live.example.com:80",
        "localhost:1", "unix:/run/tally.sock", "unix:tally.sock tls mode=0660",
        "0.0.0.0:80 proxy_protocol",
    ])
    func isWrittenAsItIsRead(text: String) throws {
        #expect(try #require(ListenEntry(parsing: text)).text == text)
    }

    @Test(arguments: [
        "", "tls", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "1.2.3:80", "1.2.3.4.5:80",
        "-a.example:80", "a..example:80", "a_b:80", "127.0.0.1:80  tls", "127.0.0.1:80 tls tls",
        "127.0.0.1:80 ssl", "127.0.0.1:80 mode=0600", "unix:", "unix:/a mode=9",
        "unix:/a mode=01777",
        "unix:/a mode=60", "http://127.0.0.1:80",
    ])
    func refusesWhatIsNoNotation(text: String) {
        #expect(ListenEntry(parsing: text) == nil)
    }

    @Test func aUnixPathFitsTheKernelsAddress() {
        let longest = "unix:/" + String(repeating: "a", count: 106)
        #expect(ListenEntry(parsing: longest) != nil)
        #expect(ListenEntry(parsing: longest + "a") == nil)
    }

    @Test func aManifestMayWriteKeysInstead() throws {
        let text = """
            listen:
              - 127.0.0.1:80
              - {address: "[::]:443", tls: true, proxy_protocol: false}
              - address: unix:/run/tally.sock
                mode: 0660
            tls:
              certificates:
                - {certificate: a.pem, key: a.key}
                - b.pem:b.key
            """
        let configuration = try ManifestReader.read(text, path: "m.yaml").configuration
        #expect(
            configuration.listen.map(\.text) == [
                "127.0.0.1:80", "[::]:443 tls", "unix:/run/tally.sock mode=0660",
            ]
        )
        #expect(configuration.tls.certificates.map(\.text) == ["a.pem:a.key", "b.pem:b.key"])
    }

    @Test(arguments: [
        ("listen: [{address: '1.2.3.4:1', tsl: true}]", "did you mean \"tls\"?"),
        ("listen: [{tls: true}]", "an element needs \"address:\""),
        ("listen: [{address: '1.2.3.4:1', tls: yes}]", "expected tls to be true or false"),
        ("listen: [{address: '1.2.3.4:1', mode: 0600}]", "mode is for unix: addresses alone"),
        ("listen: [{address: '1.2.3.4:1', tls: [a]}]", "tls: expected one value"),
        ("tls: {certificates: [{certificate: a}]}", "an element needs \"key:\""),
        ("tls: {certificates: [{certificate: 'a:b', key: c}]}", "whose paths have no colon"),
    ])
    func saysWhatIsWrongWithThem(text: String, reason: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try ManifestReader.read(text, path: "m.yaml")
        }
        #expect(
            error?.problems.first?.description.contains(reason) == true,
            "\(String(describing: error))"
        )
    }
}
