// SPDX-License-Identifier: Apache-2.0

/// The limits of one client connection.
package struct ClientSettings: Hashable, Sendable {
    /// From the WebSocket handshake to the `connect` command, else close 3502.
    package var connectTimeout: Duration = .seconds(10)
    package var pingInterval: Duration = .seconds(25)
    /// From a ping to any frame of the client, else close 3012.
    package var pongTimeout: Duration = .seconds(8)
    /// Connections per worker, else the upgrade is answered with 503.
    package var maximumConnections: Int = 50_000
    /// Connections per worker from one IPv4 address or IPv6 /64, else 429; this machine's are free.
    package var maximumConnectionsPerAddress: Int = 2_000
    /// Connections per worker of one user, else close 3504.
    package var maximumConnectionsPerUser: Int = 100
    /// New connections per worker and second; more wait in the kernel's queue.
    package var maximumNewConnectionsPerSecond: Int = 5_000
    /// Memory of a worker above which newcomers get 503.
    package var maximumMemoryByteCount: Int = 4 * 1024 * 1024 * 1024
    /// Subscriptions per connection, else error 106.
    package var maximumChannels: Int = 128
    /// One WebSocket message from a client, else close 1009.
    package var maximumMessageByteCount: Int = 64 * 1024
    /// Commands in one message, else close 3501.
    package var maximumCommandsPerMessage: Int = 256
    /// Nesting of a command's JSON, else error 107.
    package var maximumJSONDepth: Int = 32
    /// Bytes that wait for a slow reader, else close 3008.
    package var maximumUnsentByteCount: Int = 1024 * 1024
    /// How long a message may wait for a slow reader, else close 3008.
    package var maximumUnsentAge: Duration = .seconds(30)
    /// Commands a second that a connection may send for long, else error 111.
    package var commandsPerSecond: Int = 50
    /// Commands that a connection may send at once after a quiet while.
    package var commandBurst: Int = 300
    /// Of these: publications and comments.
    package var publishesPerSecond: Int = 30
    package var publishBurst: Int = 200
    /// What changes streams, users and tokens.
    package var controlsPerSecond: Int = 10
    package var controlBurst: Int = 100
    /// What the hub is asked for: history, presence, snapshots.
    package var queriesPerSecond: Int = 10
    package var queryBurst: Int = 100
    package var subscribesPerSecond: Int = 25
    package var subscribeBurst: Int = 256
    /// Queries a second of one user, or of one address without one, on a worker; ten times as many at
    /// once.
    package var queriesPerSecondPerUser: Int = 20
    /// Commands refused as malformed before close 3509.
    package var maximumErrors: Int = 100
    /// Commands of a connection that wait for the hub, else error 111.
    package var maximumPendingCommands: Int = 512

    package init() {}
}
