// SPDX-License-Identifier: Apache-2.0

import CJansson
import CTallyPlugin
import JSON
import Reactor

/// A hook's subject in the form in which plugins read it, made once for all that are asked.
struct CallTexts {
    private let subject: HookSubject
    private let info: HeldJSON?
    private let headers: HeldJSON?
    /// Every text, each ended by NUL.
    private var bytes: [UInt8] = []
    private let time = WallClock.now()

    init(_ subject: HookSubject) {
        self.subject = subject
        info = subject.info.isEmpty ? nil : HeldJSON(parsing: subject.info)
        headers = subject.http.flatMap { Self.object($0.headers) }
        append(subject.user)
        append(subject.client)
        append(subject.name)
        append(subject.address)
        append(subject.channel)
        append(subject.stream)
        guard let http = subject.http else { return }
        append(http.method)
        append(http.path)
        append(http.query)
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        bytes.append(0)
    }

    private static func object(_ headers: [(name: String, value: String)]) -> HeldJSON? {
        var writer = JSONWriter()
        writer.beginObject()
        for header in headers { writer.member(header.name, string: header.value) }
        writer.endObject()
        return HeldJSON(parsing: writer.bytes)
    }

    /// Calls with a `tally_call` that is valid until `body` returns.
    func withCall<Result>(
        ticket: UInt64,
        patience: Duration,
        data: HeldJSON,
        _ body: (UnsafePointer<tally_call>) -> Result
    ) -> Result {
        // Every pointer below leads into `bytes`, `subject` or a value that `self` or the caller
        // holds, all of which live until `body` has returned.
        unsafe bytes.withUnsafeBytes { memory in
            var texts = unsafe TextPointers(memory)
            var call = unsafe tally_call()
            unsafe call.struct_size = UInt32(MemoryLayout<tally_call>.size)
            unsafe call.ticket = ticket
            unsafe call.session = subject.session
            unsafe call.time = time
            unsafe call.deadline = WallClock.now() + patience.clampedNanoseconds / 1_000_000
            unsafe call.user = texts.next()
            unsafe call.client = texts.next()
            unsafe call.name = texts.next()
            unsafe call.address = texts.next()
            unsafe call.channel = texts.next()
            unsafe call.stream = texts.next()
            unsafe call.info = info.map { unsafe UnsafePointer($0.node) }
            unsafe call.permissions = subject.permissions
            unsafe call.data = UnsafePointer(data.node)
            guard let http = subject.http else {
                return unsafe withUnsafePointer(to: call) { unsafe body($0) }
            }
            return unsafe http.body.withUnsafeBufferPointer { content in
                var request = unsafe tally_http_request()
                unsafe request.struct_size = UInt32(MemoryLayout<tally_http_request>.size)
                unsafe request.method = texts.next()
                unsafe request.path = texts.next()
                unsafe request.query = texts.next()
                unsafe request.headers = headers.map { unsafe UnsafePointer($0.node) }
                unsafe request.body = content.baseAddress
                unsafe request.body_length = content.count
                return unsafe withUnsafePointer(to: request) { request in
                    unsafe call.http = request
                    return unsafe withUnsafePointer(to: call) { unsafe body($0) }
                }
            }
        }
    }
}

/// Walks over texts that end with NUL.
@safe private struct TextPointers {
    private let memory: UnsafeRawBufferPointer
    private var offset = 0

    init(_ memory: UnsafeRawBufferPointer) {
        unsafe self.memory = unsafe memory
    }

    mutating func next() -> UnsafePointer<CChar>? {
        let start = offset
        // `CallTexts` ends each text with NUL, and has as many as are asked for.
        while unsafe memory[offset] != 0 { offset += 1 }
        offset += 1
        return unsafe memory.baseAddress.map {
            unsafe ($0 + start).assumingMemoryBound(to: CChar.self)
        }
    }
}
