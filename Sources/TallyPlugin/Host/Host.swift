// SPDX-License-Identifier: Apache-2.0

internal import CTallyPlugin

/// What Tally does for a plugin.
///
/// What may be called on any thread is `nonisolated`; the rest is marked ``Loop`` and awaited from
/// elsewhere. After the instance has ended, every call is refused.
public struct Host: Sendable {
    let core: HostCore

    /// Writes a line to Tally's log, marked with the plugin's name; at most 100 a second are kept.
    ///
    /// Never log a token, or what a user wrote.
    public func log(
        _ message: String,
        _ fields: [String: JSON] = [:],
        level: LogLevel = .info
    ) {
        unsafe JSON.object(fields).withValue { fields in
            _ = unsafe core.anywhere { host in
                unsafe host.pointee.log(host, level.rawValue, message, fields)
            }
        }
    }

    /// This worker's number, from 0.
    public var workerIndex: Int {
        unsafe core.anywhere { host in unsafe Int(host.pointee.worker_index(host)) } ?? 0
    }

    /// How many workers the node has.
    public var workerCount: Int {
        unsafe core.anywhere { host in unsafe Int(host.pointee.worker_count(host)) } ?? 0
    }

    /// Adds to a counter of the plugin's own, which `tally plugin list` shows.
    ///
    /// Names are 1 to 40 bytes of `[a-z0-9_]`; at most 32 of counters and gauges.
    public func count(_ name: String, adding count: UInt64 = 1) {
        _ = unsafe core.anywhere { host in
            unsafe host.pointee.add_to_counter(host, name, count)
        }
    }

    /// Sets a gauge of the plugin's own.
    public func setGauge(_ name: String, to value: Int64) {
        _ = unsafe core.anywhere { host in unsafe host.pointee.set_gauge(host, name, value) }
    }

    /// Sends to one client of this worker, as a `message` push.
    @Loop
    public func send(_ data: JSON, to session: UInt64) throws(HostError) {
        unsafe try check(
            data.withValue { data in
                unsafe core.onLoop { host in unsafe host.pointee.send(host, session, data) }
            }
        )
    }

    /// Closes a connection of this worker.
    ///
    /// - Parameters:
    ///   - session: The connection.
    ///   - code: 3000 to 3999 as in docs/protocol.md, or of the plugin's own: 4000 to 4499, the client
    ///     comes back; 4500 to 4999, it does not.
    ///   - reason: At most 32 bytes of ASCII.
    /// - Throws: `notFound` when it has gone, `badArgument` for another code or a longer reason.
    @Loop
    public func disconnect(
        _ session: UInt64,
        code: UInt16,
        reason: String
    ) throws(HostError) {
        try check(
            unsafe core.onLoop { host in
                unsafe host.pointee.disconnect(host, session, code, reason)
            }
        )
    }

    /// Ends a client's subscription; the client is told so.
    @Loop
    public func unsubscribe(_ session: UInt64, from channel: String) throws(HostError) {
        try check(
            unsafe core.onLoop { host in
                unsafe host.pointee.unsubscribe(host, session, channel)
            }
        )
    }

    /// An ability that tally_plugin.h does not have, by its name; valid as long as the host.
    public func ability(_ name: String) -> UnsafeRawPointer? {
        let address = unsafe core.anywhere { host in
            unsafe Int(bitPattern: host.pointee.get_extension(host, name))
        }
        return unsafe UnsafeRawPointer(bitPattern: address ?? 0)
    }

    func check(_ status: tally_status?) throws(HostError) {
        if let error = HostError(status: status) { throw error }
    }
}

/// How severe a line of the log is.
public enum LogLevel: Int32, Sendable {
    case debug = 0
    case info = 1
    case warning = 2
    case error = 3
}
