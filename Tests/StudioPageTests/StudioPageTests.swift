// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StudioPage

@Suite struct StudioPageTests {
    @Test func answersTheRootWithHTML() throws {
        let page = try #require(StudioPage.file(at: "/"))
        #expect(page.contentType == "text/html; charset=utf-8")
        #expect(String(decoding: page.body, as: UTF8.self).hasPrefix("<!doctype html>"))
    }

    @Test func answersNothingElsewhere() {
        for path in ["", "/index.html", "/page", "/page/", "/page/../", "//", "/health"] {
            #expect(StudioPage.file(at: path) == nil)
        }
    }

    @Test func hasEveryFileThatItRefersTo() throws {
        var references = 0
        for path in StudioPage.paths {
            let file = try #require(StudioPage.file(at: path))
            let text = String(decoding: file.body, as: UTF8.self)
            for match in text.matches(of: /"(?:\.\/|page\/)(?<name>[a-z-]+\.[a-z]+)"/) {
                references += 1
                #expect(StudioPage.file(at: "/page/\(match.name)") != nil, "\(match.name)")
            }
        }
        #expect(references >= StudioPage.paths.count - 1)
    }

    @Test func asksNothingOfOtherHosts() throws {
        for path in StudioPage.paths {
            let file = try #require(StudioPage.file(at: path))
            let text = String(decoding: file.body, as: UTF8.self)
            for match in text.matches(of: /https?:\/\/[^"' \n]+/) {
                // The name of SVG's XML namespace, which nothing fetches.
                #expect(match.output == "http://www.w3.org/2000/svg", "\(path)")
            }
        }
    }

    @Test func hasNoInlineScriptOrStyle() throws {
        let page = String(decoding: try #require(StudioPage.file(at: "/")).body, as: UTF8.self)
        #expect(page.matches(of: /<script(?![^>]* src=)[^>]*>/).isEmpty)
        #expect(page.matches(of: /<style|\sstyle=|\son[a-z]+=/).isEmpty)
    }

    @Test func tagsEachFileByItsBytes() {
        let tags = StudioPage.paths.compactMap { StudioPage.file(at: $0)?.entityTag }
        #expect(Set(tags).count == tags.count)
        #expect(tags.allSatisfy { $0.hasPrefix("\"") && $0.hasSuffix("\"") && $0.count > 2 })
    }
}
