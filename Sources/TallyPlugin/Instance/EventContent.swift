// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin

extension Subscribed: CallContent {
    init(_ call: tally_call) {
        self.init(recovered: unsafe call.json["recovered"]?.bool)
    }
}

extension Ended: CallContent {
    init(_ call: tally_call) {
        self.init(code: unsafe call.json["code"]?.integer ?? 0)
    }
}

extension Commented: CallContent {
    init(_ call: tally_call) {
        let data = unsafe call.json
        self.init(
            id: data["id"]?.string ?? "",
            text: data["text"]?.string ?? "",
            offset: data["offset"]?.integer ?? 0,
            epoch: data["epoch"]?.string ?? "",
            time: data["time"]?.integer ?? 0
        )
    }
}

extension LiveEvent: CallContent {
    init(_ call: tally_call) {
        let data = unsafe call.json
        self.init(
            id: data["id"]?.string ?? data["id"]?.text ?? "",
            event: data["event"]?.string ?? "",
            reason: data["reason"]?.string,
            snapshot: data["snapshot"] ?? [:]
        )
    }
}

extension Viewers: CallContent {
    init(_ call: tally_call) {
        let data = unsafe call.json
        self.init(
            viewers: data["viewers"]?.integer ?? 0,
            uniqueViewers: data["unique_viewers"]?.integer ?? 0,
            peakViewers: data["peak_viewers"]?.integer ?? 0
        )
    }
}
