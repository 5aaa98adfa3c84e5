// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink
import Live
import TestSupport
import Testing

/// Both ends of the link must read what the other wrote, and survive what nobody wrote.
@Suite struct LinkMessageTests {
    @Test func everyWorkerMessageSurvivesTheLink() throws {
        for message in SampleMessages.fromWorker {
            var writer = LinkWriter()
            writer.append(message)
            var framer = LinkFramer(limits: LinkLimits(maximumFrameByteCount: 1 << 20))
            framer.append(writer.bytes[...])
            #expect(try framer.next(WorkerMessage.self) == message)
            #expect(framer.bufferedByteCount == 0)
        }
    }

    @Test func everyHubMessageSurvivesTheLink() throws {
        for message in SampleMessages.fromHub {
            var writer = LinkWriter()
            writer.append(message)
            var framer = LinkFramer(limits: LinkLimits(maximumFrameByteCount: 1 << 20))
            framer.append(writer.bytes[...])
            #expect(try framer.next(HubMessage.self) == message)
        }
    }

    @Test func messagesArriveWholeHoweverTheStreamIsCut() throws {
        var writer = LinkWriter()
        for message in SampleMessages.fromHub { writer.append(message) }
        let stream = writer.take()
        for step in [1, 2, 3, 5, 7, 64] {
            var framer = LinkFramer(limits: LinkLimits(maximumFrameByteCount: 1 << 20))
            var received: [HubMessage] = []
            var start = 0
            while start < stream.count {
                let end = min(start + step, stream.count)
                framer.append(stream[start..<end])
                while let message = try framer.next(HubMessage.self) { received.append(message) }
                start = end
            }
            #expect(received == SampleMessages.fromHub)
        }
    }

    @Test func aMessageCutAnywhereIsRefused() {
        for message in SampleMessages.fromWorker {
            var writer = LinkWriter()
            writer.append(message)
            let body = writer.bytes.dropFirst(4)
            for count in 0..<body.count {
                #expect(throws: LinkError.self) {
                    try LinkReader.decode(WorkerMessage.self, from: body.prefix(count))
                }
            }
        }
    }

    @Test func bytesAfterTheLastFieldAreRefused() {
        var writer = LinkWriter()
        writer.append(WorkerMessage.detach(SessionID(rawValue: 7)))
        let body = writer.bytes.dropFirst(4) + [0]
        #expect(throws: LinkError.trailingBytes(count: 1)) {
            try LinkReader.decode(WorkerMessage.self, from: body)
        }
    }

    @Test func aFrameAtTheLimitPassesAndOneByteMoreIsRefused() throws {
        var writer = LinkWriter()
        writer.append(HubMessage.positionLost(channel: "scores"))
        let bodyCount = writer.bytes.count - 4

        var atLimit = LinkFramer(limits: LinkLimits(maximumFrameByteCount: bodyCount))
        atLimit.append(writer.bytes[...])
        #expect(try atLimit.next(HubMessage.self) == .positionLost(channel: "scores"))

        var below = LinkFramer(limits: LinkLimits(maximumFrameByteCount: bodyCount - 1))
        below.append(writer.bytes[...])
        #expect(throws: LinkError.frameTooLong(byteCount: bodyCount)) {
            try below.next(HubMessage.self)
        }
    }

    @Test func aListThatClaimsMoreThanItsFrameHoldsAllocatesNothing() {
        // A reply that claims four billion publications in a frame of a few bytes.
        var writer = LinkWriter()
        writer.append(
            HubMessage.reply(
                RequestID(rawValue: 1),
                .success(
                    .history(.init(epoch: "", offset: 0, publications: []))
                )
            )
        )
        var body = Array(writer.bytes.dropFirst(4))
        for index in body.count - 4..<body.count { body[index] = 0xFF }
        #expect(throws: LinkError.tooManyElements(count: Int(UInt32.max))) {
            try LinkReader.decode(HubMessage.self, from: body[...])
        }
    }

    @Test func mutatedMessagesNeverCrashTheReader() {
        var generator = SeededGenerator(seed: 42)
        for message in SampleMessages.fromWorker {
            var writer = LinkWriter()
            writer.append(message)
            for _ in 0..<500 {
                var body = Array(writer.bytes.dropFirst(4))
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let index = Int.random(in: 0..<body.count, using: &generator)
                    body[index] = UInt8.random(in: 0...255, using: &generator)
                }
                _ = try? LinkReader.decode(WorkerMessage.self, from: body[...])
            }
        }
    }

    @Test func mutatedHubMessagesNeverCrashTheReader() {
        var generator = SeededGenerator(seed: 43)
        for message in SampleMessages.fromHub {
            var writer = LinkWriter()
            writer.append(message)
            for _ in 0..<500 {
                var body = Array(writer.bytes.dropFirst(4))
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let index = Int.random(in: 0..<body.count, using: &generator)
                    body[index] = UInt8.random(in: 0...255, using: &generator)
                }
                _ = try? LinkReader.decode(HubMessage.self, from: body[...])
            }
        }
    }
}
