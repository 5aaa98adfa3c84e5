// SPDX-License-Identifier: Apache-2.0

/// A Swift type that is a Tally plugin.
///
/// Conform to it and to a protocol for each hook that is to be called, such as ``CommentHook`` or
/// ``AsyncRPCHook``; a hook without its protocol is not called and costs nothing. Then export the
/// type, once per library:
///
/// ```swift
/// @c(tally_plugin) public func tallyPlugin() -> PluginDescriptor { Hello.descriptor }
/// ```
///
/// Each worker process makes one instance. Everything that conforms runs on the ``Loop``, the one
/// thread of its worker, so its state needs no lock; while a method runs, nobody else on this worker is
/// served. What takes long belongs into an asynchronous hook that awaits it, see
/// ``Host/offLoop(_:)``.
@Loop
public protocol Plugin: Sendable {
    /// What the manifest's `settings` are decoded to; ``NoSettings`` where there are none.
    associatedtype Settings: Decodable & Sendable = NoSettings

    /// Name, version and summary, and the schema of the settings.
    nonisolated static var about: About { get }

    /// Makes the instance of this worker, before any client is served.
    ///
    /// - Throws: Whatever keeps it from working: the worker is not started then, a reload is called off,
    ///   and the error's description is what the operator reads.
    init(host: Host, settings: Settings) throws

    /// Ends what the instance runs, when its worker ends in order; a worker that is killed calls nothing.
    func stop()

    /// What `tally plugin check` asks beyond loading: does it work here?
    ///
    /// - Throws: Whatever is wrong; its description is what the operator reads.
    func selfTest() throws
}

extension Plugin {
    /// Ends nothing.
    public func stop() {}

    /// Finds nothing wrong.
    public func selfTest() throws {}

    /// What the library's one exported function, `tally_plugin`, returns.
    public nonisolated static var descriptor: PluginDescriptor {
        unsafe DescriptorTable.descriptor(of: Self.self)
    }
}

/// What a plugin is, for manifests and for people.
public struct About: Sendable {
    /// Under which manifests know it: `[a-z][a-z0-9-]{0,31}`.
    public var name: String
    /// At most 64 bytes.
    public var version: String
    /// One sentence on what it does, at most 255 bytes.
    public var summary: String
    /// JSON Schema (draft 7) of the settings, as JSON text; nil: it takes none.
    public var settingsSchema: String?

    /// What a plugin is.
    public init(name: String, version: String, summary: String, settingsSchema: String? = nil) {
        self.name = name
        self.version = version
        self.summary = summary
        self.settingsSchema = settingsSchema
    }
}

/// The settings of a plugin that takes none.
public struct NoSettings: Decodable, Sendable {
    /// No settings.
    public init() {}
}

/// A `const tally_plugin_descriptor *` of tally_plugin.h, valid as long as the process.
public typealias PluginDescriptor = UnsafeRawPointer?
