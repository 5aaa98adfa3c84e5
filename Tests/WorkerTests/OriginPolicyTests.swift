// SPDX-License-Identifier: Apache-2.0

import HTTP
import Manifest
import Testing

@testable import Worker

/// Which pages may talk to the server.
@Suite struct OriginPolicyTests {
    private func policy(_ patterns: String...) -> OriginPolicy {
        OriginPolicy(allowed: patterns.compactMap(OriginPattern.init(parsing:)))
    }

    private func request(
        _ origin: String?,
        host: String = "example.com",
        _ method: HTTPMethod = .get,
        _ more: HTTPHeaders = [:]
    ) -> HTTPRequest {
        var headers: HTTPHeaders = ["Host": host]
        if let origin { headers.append("Origin", origin) }
        for field in more.fields { headers.append(field.name, field.value) }
        return HTTPRequest(
            method: method,
            target: RequestTarget(path: "/connection/websocket"),
            headers: headers
        )
    }

    @Test(arguments: [
        (nil, "example.com"),
        ("http://example.com", "example.com"),
        ("https://example.com", "example.com"),
        ("https://EXAMPLE.com", "example.COM"),
        ("https://example.com", "example.com:443"),
        ("http://example.com:80", "example.com"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://[::1]:8000", "[::1]:8000"),
    ])
    func itsOwnPagesAndNoPageAtAllMay(origin: String?, host: String) {
        #expect(policy().allows(request(origin, host: host)))
    }

    @Test(arguments: [
        "https://evil.example", "http://example.com:8000", "https://example.com.evil.example",
        "https://notexample.com", "null", "", "file://", "example.com", "https://",
    ])
    func otherSitesMayNot(origin: String) {
        #expect(!policy().allows(request(origin)))
    }

    @Test func twoOriginsAreNone() {
        let two = request("https://example.com", .get, ["Origin": "https://example.com"])
        #expect(!policy("*").allows(two))
    }

    @Test func theManifestNamesOthers() {
        let policy = policy("https://a.example", "https://*.b.example", "http://c.example:8080")
        for origin in [
            "https://a.example", "https://A.example", "https://x.b.example",
            "https://x.y.b.example", "http://c.example:8080",
        ] {
            #expect(policy.allows(request(origin)), "\(origin)")
        }
        for origin in [
            "http://a.example", "https://a.example:8443", "https://b.example",
            "https://xb.example", "http://x.b.example", "https://evil.example/.b.example",
            "https://evil@x.b.example", "http://c.example",
        ] {
            #expect(!policy.allows(request(origin)), "\(origin)")
        }
        #expect(self.policy("*").allows(request("https://any.example")))
        #expect(self.policy("null").allows(request("null")))
    }

    @Test(arguments: [
        "", "a.example", "ftp://a.example", "https://", "https://a.example/", "https://*",
        "https://a.*.example", "https://u@a.example", "**", "https://*.",
    ])
    func refusesPatternsThatAreNoOrigin(text: String) {
        #expect(OriginPattern(parsing: text) == nil)
    }

    @Test func aPageOfAnAllowedSiteMayReadTheAnswer() {
        let policy = policy("https://a.example")
        var response = HTTPResponse(status: .ok)
        policy.mark(&response, for: request("https://a.example"))
        #expect(response.headers["Access-Control-Allow-Origin"] == "https://a.example")
        #expect(response.headers["Vary"] == "Origin")
        var other = HTTPResponse(status: .ok)
        policy.mark(&other, for: request("https://b.example"))
        #expect(other.headers["Access-Control-Allow-Origin"] == nil)
        #expect(other.headers["Vary"] == "Origin")
        var none = HTTPResponse(status: .ok)
        policy.mark(&none, for: request(nil))
        #expect(none.headers.fields.isEmpty)
    }

    @Test func aPluginsOwnWordOnOriginsStays() {
        var response = HTTPResponse(status: .ok, headers: ["Access-Control-Allow-Origin": "*"])
        policy("https://a.example").mark(&response, for: request("https://a.example"))
        #expect(response.headers.values(of: "Access-Control-Allow-Origin") == ["*"])
    }

    @Test func aPluginMayTakeAnyMethodAndField() {
        let policy = policy("https://a.example")
        let asking: HTTPHeaders = [
            "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "x-key",
        ]
        let allowed = policy.preflightAnswer(
            toPlugin: request("https://a.example", .options, asking)
        )
        #expect(allowed?.headers["Access-Control-Allow-Methods"]?.contains("PUT") == true)
        #expect(allowed?.headers["Access-Control-Allow-Headers"] == "x-key")
        // The plugin may know better: it is asked.
        let other = request("https://b.example", .options, asking)
        #expect(policy.preflightAnswer(toPlugin: other) == nil)
    }

    @Test func aBrowserThatAsksFirstIsTold() {
        let policy = policy("https://a.example")
        let asking: HTTPHeaders = ["Access-Control-Request-Method": "POST"]
        let allowed = policy.preflightAnswer(
            to: request("https://a.example", .options, asking)
        )
        #expect(allowed?.status == .noContent)
        #expect(allowed?.headers["Access-Control-Allow-Methods"]?.contains("POST") == true)
        #expect(allowed?.headers["Access-Control-Allow-Credentials"] == nil)
        let refused = policy.preflightAnswer(
            to: request("https://b.example", .options, asking)
        )
        #expect(refused?.status == .forbidden)
        #expect(policy.preflightAnswer(to: request("https://a.example", .options)) == nil)
        #expect(policy.preflightAnswer(to: request("https://a.example", .get, asking)) == nil)
    }
}
