// SPDX-License-Identifier: Apache-2.0

import HTTP
import Testing

@Suite struct RequestTargetTests {
    @Test func readsTheOriginForm() throws {
        let target = try RequestTarget(parsing: "/a/b?c=d?e", method: .get)
        #expect(target == RequestTarget(path: "/a/b", query: "c=d?e"))
    }

    @Test func readsTheAbsoluteForm() throws {
        let target = try RequestTarget(parsing: "HTTP://h:80/a?b", method: .get)
        #expect(target == RequestTarget(path: "/a", query: "b", authority: "h:80"))
        let bare = try RequestTarget(parsing: "http://h?b", method: .get)
        #expect(bare == RequestTarget(path: "/", query: "b", authority: "h"))
    }

    @Test func letsTheTargetsAuthorityReplaceTheHostField() throws {
        let request = try onlyRequest("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(request?.host == "b")
    }

    @Test func readsTheAuthorityAndAsteriskForms() throws {
        #expect(try RequestTarget(parsing: "h:443", method: .connect).authority == "h:443")
        #expect(try RequestTarget(parsing: "*", method: .options).path == "*")
    }

    @Test func findsAndDecodesQueryValues() throws {
        let target = RequestTarget(path: "/", query: "user=J%c3%b6rg+B&role=&x&bad=%f&worse=%FF")
        #expect(target.queryValue(of: "user") == "Jörg B")
        #expect(target.queryValue(of: "role") == "")
        #expect(target.queryValue(of: "x") == "")
        #expect(target.queryValue(of: "none") == nil)
        #expect(target.queryValue(of: "bad") == nil)
        #expect(target.queryValue(of: "worse") == nil)
        #expect(target.hasUnreadableQueryValue(of: "worse"))
        for name in ["user", "role", "x", "none"] {
            #expect(!target.hasUnreadableQueryValue(of: name), "\(name)")
        }
    }

    @Test(arguments: ["a", "a.b:80", "[::1]", "[::1]:8000", "", "a:", "192.0.2.1:65535"])
    func acceptsAHost(_ host: String) throws {
        #expect(try onlyRequest("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") != nil)
    }
}
