// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import Webhook

/// Order within a stream is kept, and one stream's trouble is not another's.
struct LanesTests {
    @Test func eachStreamHasItsOrder() {
        let lanes = Lanes()
        for (stream, id) in [("a", "1"), ("b", "2"), ("a", "3"), ("b", "4"), ("a", "5")] {
            #expect(!lanes.add(id, to: stream))
        }
        #expect(lanes.drain() == ["1", "2", "3", "4", "5"])
    }

    @Test func aLaneTakesItsTurnAfterTheOthers() {
        let lanes = Lanes()
        for id in ["1", "2", "3"] { _ = lanes.add(id, to: "busy") }
        _ = lanes.add("4", to: "quiet")
        #expect(lanes.drain() == ["1", "4", "2", "3"])
    }

    @Test func manyStreamsShareBuckets() {
        let lanes = Lanes()
        for round in 0..<3 {
            for stream in 0..<1_000 { _ = lanes.add("\(round)", to: "stream-\(stream)") }
        }
        let order = lanes.drain()
        #expect(order.count == 3_000)
        #expect(order == order.sorted())
        #expect(lanes.isEmpty)
    }

    @Test func onlyTheNewestViewersWait() {
        let lanes = Lanes()
        #expect(!lanes.add("1", to: "a", isConflated: true))
        #expect(lanes.add("2", to: "a", isConflated: true))
        #expect(!lanes.add("3", to: "a"))
        #expect(!lanes.add("4", to: "a", isConflated: true))
        #expect(lanes.drain() == ["2", "3", "4"])
    }

    @Test func whatIsUnderWayIsNotReplaced() {
        let lanes = Lanes()
        _ = lanes.add("1", to: "a", isConflated: true)
        lanes.markFirstBusy()
        #expect(!lanes.add("2", to: "a", isConflated: true))
        #expect(lanes.add("3", to: "a", isConflated: true))
        #expect(lanes.drain() == ["1", "3"])
    }
}

/// Lanes on the heap, with messages that are named by their ids.
///
/// Safe: the pointer is its own, and lives as long as it does.
@safe
private final class Lanes {
    private let pointer = UnsafeMutablePointer<webhook_lanes>.allocate(capacity: 1)

    init() { unsafe pointer.initialize(to: webhook_lanes()) }

    deinit {
        _ = drain()
        unsafe pointer.deallocate()
    }

    var isEmpty: Bool { unsafe pointer.pointee.first == nil }

    /// Whether it has replaced another.
    func add(_ id: String, to stream: String, isConflated: Bool = false) -> Bool {
        guard let message = unsafe webhook_message_make(strdup("{}")) else { return false }
        _ = unsafe webhook_message_name(message, "", id)
        unsafe message.pointee.is_conflated = isConflated
        unsafe withUnsafeMutablePointer(to: &message.pointee.lane) { lane in
            unsafe UnsafeMutableRawPointer(lane).copyMemory(
                from: stream,
                byteCount: stream.utf8.count
            )
        }
        guard let older = unsafe webhook_lanes_add(pointer, message) else { return false }
        unsafe webhook_message_free(older)
        return true
    }

    func markFirstBusy() { unsafe pointer.pointee.first.pointee.is_busy = true }

    /// The ids, in the order in which they are sent when each is answered at once.
    func drain() -> [String] {
        var ids: [String] = []
        while let lane = unsafe pointer.pointee.first,
            let message = unsafe webhook_lanes_remove_first(pointer, lane)
        {
            let id = unsafe withUnsafeBytes(of: message.pointee.id) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            ids.append(id)
            unsafe webhook_message_free(message)
        }
        return ids
    }
}
