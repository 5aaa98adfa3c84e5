// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin

/// What a hook is about, as it is read from a `tally_call`.
protocol CallContent: Sendable {
    init(_ call: tally_call)
}

extension Call where Content: CallContent {
    /// Copies a call, which with all that it points to is borrowed.
    init(_ call: tally_call) {
        self.init(unsafe Content(call))
        unsafe ticket = call.ticket
        unsafe session = call.session
        unsafe time = call.time
        unsafe deadline = call.deadline
        unsafe user = String(borrowing: call.user)
        unsafe client = String(borrowing: call.client)
        unsafe name = String(borrowing: call.name)
        unsafe address = String(borrowing: call.address)
        unsafe info = JSON(borrowing: call.info)
        unsafe channel = String(borrowing: call.channel)
        unsafe stream = String(borrowing: call.stream)
        unsafe permissions = Permissions(rawValue: call.permissions)
    }
}

extension String {
    /// Text of Tally's, which is never null; empty all the same if it were.
    init(borrowing text: UnsafePointer<CChar>?) {
        self = unsafe text.map { unsafe String(cString: $0) } ?? ""
    }
}

extension tally_call {
    var json: JSON { unsafe JSON(borrowing: data) ?? [:] }
}

extension Connecting: CallContent {
    init(_ call: tally_call) {
        let data = unsafe call.json
        self.init(
            data: data["data"],
            hasToken: data["token"]?.bool ?? false,
            caps: data["caps"]
        )
    }
}

extension Subscribing: CallContent {
    init(_ call: tally_call) {
        let data = unsafe call.json
        self.init(data: data["data"], recovers: data["recover"]?.bool ?? false)
    }
}

extension StreamDetails: CallContent {
    init(_ call: tally_call) {
        let data = unsafe call.json
        self.init(title: data["title"]?.string, meta: data["meta"])
    }
}

extension Stopping: CallContent {
    init(_ call: tally_call) {
        let data = unsafe call.json
        self.init(reason: data["reason"]?.string, generation: data["generation"]?.integer)
    }
}

extension Comment: CallContent {
    init(_ call: tally_call) {
        let data = unsafe call.json
        self.init(text: data["text"]?.string ?? "", replyTo: data["reply_to"]?.string)
    }
}

extension JSON: CallContent {
    /// Of `publish`.
    init(_ call: tally_call) {
        self = unsafe call.json["data"] ?? .null
    }
}

extension Method: CallContent {
    init(_ call: tally_call) {
        let data = unsafe call.json
        self.init(name: data["method"]?.string ?? "", data: data["data"])
    }
}

extension HTTPRequest: CallContent {
    init(_ call: tally_call) {
        guard let request = unsafe call.http?.pointee else {
            self.init(method: "", path: "/")
            return
        }
        let headers = unsafe JSON(borrowing: request.headers)?.object ?? [:]
        // Valid for the call, as long as `body_length` says.
        let body = unsafe UnsafeBufferPointer(start: request.body, count: request.body_length)
        unsafe self.init(
            method: String(borrowing: request.method),
            path: String(borrowing: request.path),
            query: String(borrowing: request.query),
            headers: headers.compactMapValues(\.string),
            body: Array(body)
        )
    }
}
