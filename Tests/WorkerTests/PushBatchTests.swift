// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Worker

@Suite struct PushBatchTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private let note = #"{"push":{"channel":"c","pub":{"data":"#

    @Test func joinsPushesInTheirOrder() {
        var batch = PushBatch()
        #expect(batch.isEmpty)
        batch.append(Array("one".utf8))
        batch.append(Array("two".utf8))
        #expect(!batch.isEmpty)
        #expect(text(batch.payload(on: "c")) == "one\ntwo")
    }

    @Test func keepsTheNewestOfWhatReplacesEachOther() {
        var batch = PushBatch()
        batch.replaceLatest(by: Array("3 viewers".utf8))
        batch.append(Array("one".utf8))
        batch.replaceLatest(by: Array("4 viewers".utf8))
        #expect(text(batch.payload(on: "c")) == "one\n4 viewers")
        #expect(text(batch.log(on: "c")) == "one")
        #expect(text(batch.latestPayload) == "4 viewers")
    }

    @Test func tellsAMemberThatCameLateOnlyWhatCameAfterIt() {
        var batch = PushBatch()
        batch.append(Array("one".utf8))
        batch.replaceLatest(by: Array("3 viewers".utf8))
        let mark = batch.mark
        #expect(batch.payload(on: "c", since: mark).isEmpty)
        batch.append(Array("two".utf8))
        #expect(text(batch.payload(on: "c", since: mark)) == "two")
        batch.replaceLatest(by: Array("4 viewers".utf8))
        #expect(text(batch.payload(on: "c", since: mark)) == "two\n4 viewers")
    }

    @Test func saysHowManyAreLeftOutBeforeTheOthers() {
        var batch = PushBatch()
        batch.append(Array("one".utf8))
        batch.skip(offset: 7, push: Array("two".utf8), author: nil)
        batch.skip(offset: 9, push: Array("three".utf8), author: nil)
        batch.append(Array("four".utf8))
        let expected = note + #"{"type":"skipped","count":2,"from":7,"to":9}}}}"#
        #expect(text(batch.payload(on: "c")) == expected + "\none\nfour")
    }

    @Test func aBatchOfNothingButWhatIsLeftOutIsStillSaid() {
        var batch = PushBatch()
        batch.skip(offset: 7, push: Array("two".utf8), author: nil)
        #expect(!batch.isEmpty)
        let expected = note + #"{"type":"skipped","count":1,"from":7,"to":7}}}}"#
        #expect(text(batch.payload(on: "c")) == expected)
    }
}
