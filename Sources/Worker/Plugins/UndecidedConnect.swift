// SPDX-License-Identifier: Apache-2.0

import Channels
import ClientProtocol
import HubLink

/// A `connect` that plugins have not let in yet.
///
/// The hub knows nothing of it, so another process can begin it anew.
final class UndecidedConnect {
    let asked: AskedCommand
    let request: ConnectRequest
    let held = HeldMessages()
    /// The reply's `data` as JSON text.
    var data: [UInt8] = []
    /// What it is subscribed to in the end.
    var subscriptions: [WantedSubscription] = []
    /// Verdicts on subscriptions that are not there yet.
    var awaitedCount = 0

    init(_ asked: AskedCommand, _ request: ConnectRequest) {
        self.asked = asked
        self.request = request
    }
}

/// A subscription that a `connect` makes.
struct WantedSubscription {
    let channel: ChannelName
    let request: SubscribeRequest
    /// Its `data` in the reply as JSON text; nil: the hub's.
    var data: [UInt8]?
}

extension HubReply.Subscribed {
    /// With other data in the reply, unless nil.
    func with(data: [UInt8]?) -> HubReply.Subscribed {
        guard let data else { return self }
        return HubReply.Subscribed(
            isPositioned: isPositioned,
            isRecoverable: isRecoverable,
            recovered: recovered,
            missed: missed,
            data: data
        )
    }
}
