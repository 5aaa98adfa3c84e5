// SPDX-License-Identifier: Apache-2.0

package import ClientProtocol
package import Live

/// What the hub tells a worker.
///
/// Order is the contract: a `publication` that follows a `subscribed`
/// reply is news to that subscriber, one that precedes it is not.
package enum HubMessage: Hashable, Sendable {
    /// The answer to `hello`. `hub` differs after every start of the hub.
    case welcome(hub: UInt64)
    case reply(RequestID, Result<HubReply, ErrorReply>)
    case publication(ChannelPublication)
    /// Someone joined or left; for subscribers that asked for it. `info`: a ClientInfo as JSON text.
    case presenceChange(channel: String, PresenceChange, info: [UInt8])
    /// A publication's text is gone for good: whoever keeps it puts this in its place.
    case replaced(ChannelPublication)
    /// The channel's history was lost: its positioned subscribers here must subscribe anew.
    case positionLost(channel: String)
    /// End a subscription from the server's side; `code` as in the unsubscribe push.
    case unsubscribe(SessionID, channel: String, code: UInt32)
    /// End a session from the server's side; `code` and `reason` as in the close frame, the reason
    /// empty for the code's own.
    case disconnect(SessionID, code: UInt16, reason: String = "")
    /// For this worker's plugins alone; `noticeSeen` takes it off the hub's list.
    case notice(PluginNotice)
    /// Figures of a stream for this worker's plugins alone; only the newest matters.
    case viewerFigures(stream: String, json: [UInt8])
    /// Tokens that are not believed any more, beside those that were told before; on a new link all
    /// that there are.
    case revocations([TokenRevocation])

    package enum PresenceChange: UInt8, Sendable {
        case join
        case leave
    }

    package struct ChannelPublication: Hashable, Sendable {
        package let channel: String
        /// 0: not in history.
        package let offset: UInt64
        /// A Publication as JSON text, encoded once for all subscribers.
        package let json: [UInt8]
        package let handling: PublicationHandling
        /// Which request made it, where nothing else remembers that it was done; otherwise nil.
        ///
        /// Asked again after a hub's death, it may be published again: a worker that has delivered
        /// it knows it by this.
        package let origin: Origin?

        package init(
            channel: String,
            offset: UInt64,
            json: [UInt8],
            handling: PublicationHandling = .message,
            origin: Origin? = nil
        ) {
            self.channel = channel
            self.offset = offset
            self.json = json
            self.handling = handling
            self.origin = origin
        }
    }

    /// A request of a worker, by its name for good; see `WorkerMessage.Hello.incarnation`.
    package struct Origin: Hashable, Sendable {
        package let incarnation: UInt64
        package let request: RequestID

        package init(incarnation: UInt64, request: RequestID) {
            self.incarnation = incarnation
            self.request = request
        }
    }
}

/// A request's result.
package enum HubReply: Hashable, Sendable {
    case done
    case subscribed(Subscribed)
    case history(PublicationList)
    /// The `presence` map as JSON text: client id → ClientInfo.
    case presence(json: [UInt8])
    case presenceStats(clients: Int, users: Int)
    /// An RPC's result as JSON text.
    case result(json: [UInt8])

    package struct PublicationList: Hashable, Sendable {
        package let epoch: String
        package let offset: UInt64
        /// Each a Publication as JSON text, in the order in which they are to be seen.
        package let publications: [[UInt8]]

        package init(epoch: String, offset: UInt64, publications: [[UInt8]]) {
            self.epoch = epoch
            self.offset = offset
            self.publications = publications
        }
    }

    package struct Subscribed: Hashable, Sendable {
        package let isPositioned: Bool
        package let isRecoverable: Bool
        /// nil when the client did not ask to recover.
        package let recovered: Bool?
        /// What was missed, and where the channel stands now.
        package let missed: PublicationList
        /// The reply's `data` as JSON text; empty when there is none.
        package let data: [UInt8]

        package init(
            isPositioned: Bool,
            isRecoverable: Bool,
            recovered: Bool?,
            missed: PublicationList,
            data: [UInt8]
        ) {
            self.isPositioned = isPositioned
            self.isRecoverable = isRecoverable
            self.recovered = recovered
            self.missed = missed
            self.data = data
        }
    }
}
