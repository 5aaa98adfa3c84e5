// SPDX-License-Identifier: Apache-2.0

import CTallyPlugin
import Glibc
import Hooks
import Manifest
import StatusPage

/// A loaded library and what it says of itself, checked.
@safe struct PluginLibrary {
    static let symbol = "tally_plugin"

    let name: String
    let version: String
    let summary: String
    /// JSON text; nil: it takes no settings.
    let schema: [UInt8]?
    /// Those whose functions are there.
    let hooks: Set<Hook>
    /// The plugin's functions, which live as long as the process: it is never unloaded.
    let descriptor: tally_plugin_descriptor

    /// Loads the library that the manifest names; its initializers and `tally_plugin` run.
    init(loading settings: PluginSettings) throws(PluginLoadError) {
        func refuse(_ key: String, _ message: String) -> PluginLoadError {
            PluginLoadError(settings.name, key, message)
        }
        let path = settings.library
        if let problem = PluginFile.problem(path) { throw refuse("library", problem) }
        // Only what is named, nothing of it visible to others, and nothing left to fail later
        // (dlopen(3)).
        guard let library = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw refuse("library", "\(path) cannot be loaded: \(Self.linkerError())")
        }
        guard let address = unsafe dlsym(library, Self.symbol) else {
            throw refuse(
                "library",
                "\(path) has no function \(Self.symbol); is it marked TALLY_PLUGIN_EXPORT?"
            )
        }
        // Should it kill the worker, its function is named.
        unsafe StatusSlot.nameLibrary(settings.number, at: address)
        typealias Entry = @convention(c) () -> UnsafePointer<tally_plugin_descriptor>?
        // The header says what a function of this name is.
        let entry = unsafe unsafeBitCast(address, to: Entry.self)
        guard let pointer = unsafe entry() else {
            throw refuse(
                "library",
                "\(path): it says that it cannot run here (\(Self.symbol) is NULL)"
            )
        }
        do throws(DescriptorProblem) {
            unsafe try self.init(reading: pointer)
        } catch {
            throw refuse(error.key, "\(path): \(error.message)")
        }
        guard name == settings.name else {
            throw refuse("name", "the library calls itself \(name), the manifest \(settings.name)")
        }
        if let missing = settings.hooks?.subtracting(hooks).map(\.name).min() {
            throw refuse("hooks", "the library has no hook \(missing): its function is NULL")
        }
    }

    /// What dlopen(3) says, without the path that it starts with.
    private static func linkerError() -> String {
        guard let text = unsafe dlerror() else { return "no reason given" }
        return unsafe PluginText.excerpt(text, maximumByteCount: 1_024)
    }
}

/// What is wrong with a descriptor.
struct DescriptorProblem: Error, Hashable {
    let key: String
    let message: String

    init(_ message: String, key: String = "library") {
        self.key = key
        self.message = message
    }
}

extension PluginLibrary {
    /// Takes a descriptor for what it is: memory of a library that may be wrong about everything.
    init(reading pointer: UnsafePointer<tally_plugin_descriptor>) throws(DescriptorProblem) {
        try unsafe Self.checkSize(pointer)
        let descriptor = unsafe pointer.pointee
        guard
            let name = unsafe PluginText.string(
                descriptor.name,
                maximumByteCount: PluginLimits.maximumNameByteCount
            ), PluginName.isValid(name)
        else {
            throw DescriptorProblem("its name is not \(PluginName.hint)")
        }
        self.name = name
        version = try unsafe Self.text(
            descriptor.version,
            "version",
            maximumByteCount: PluginLimits.maximumVersionByteCount
        )
        summary = try unsafe Self.text(
            descriptor.summary,
            "summary",
            maximumByteCount: PluginLimits.maximumSummaryByteCount
        )
        if unsafe descriptor.settings_schema == nil {
            schema = nil
        } else {
            let most = PluginLimits.maximumSchemaByteCount
            guard
                let text = unsafe PluginText.bytes(
                    descriptor.settings_schema,
                    maximumByteCount: most
                )
            else { throw DescriptorProblem("its settings_schema is longer than \(most) bytes") }
            schema = text
        }
        guard unsafe descriptor.create != nil else {
            throw DescriptorProblem("its function create is NULL")
        }
        unsafe self.descriptor = unsafe descriptor
        hooks = Set(Hook.allCases.filter { unsafe Self.function(of: $0, in: descriptor) != nil })
    }

    private static func checkSize(
        _ pointer: UnsafePointer<tally_plugin_descriptor>
    ) throws(DescriptorProblem) {
        guard
            unsafe UInt(bitPattern: pointer) % UInt(MemoryLayout<tally_plugin_descriptor>.alignment)
                == 0
        else { throw DescriptorProblem("its descriptor does not lie at a border of 8 bytes") }
        // The first 8 bytes are the same in every version.
        let (size, major, minor) = unsafe (
            Int(pointer.pointee.struct_size), Int(pointer.pointee.abi_major),
            Int(pointer.pointee.abi_minor)
        )
        let own = "\(TALLY_PLUGIN_ABI_MAJOR).\(TALLY_PLUGIN_ABI_MINOR)"
        guard major >= TALLY_PLUGIN_ABI_MAJOR else {
            throw DescriptorProblem(
                "its ABI \(major).\(minor) is too old for this Tally's \(own)",
                key: "abi"
            )
        }
        guard (major, minor) <= (Int(TALLY_PLUGIN_ABI_MAJOR), Int(TALLY_PLUGIN_ABI_MINOR)) else {
            throw DescriptorProblem(
                "its ABI \(major).\(minor) is too new for this Tally's \(own)",
                key: "abi"
            )
        }
        let expected = unsafe MemoryLayout<tally_plugin_descriptor>.size
        guard size >= expected else {
            throw DescriptorProblem("its descriptor has \(size) bytes, ABI 1.0's has \(expected)")
        }
        guard size <= expected else {
            throw DescriptorProblem(
                "its descriptor has \(size) bytes, more than the \(expected) of ABI "
                    + "\(major).\(minor), which it names"
            )
        }
    }

    private static func text(
        _ pointer: UnsafePointer<CChar>?,
        _ member: String,
        maximumByteCount: Int
    ) throws(DescriptorProblem) -> String {
        guard unsafe pointer != nil else { throw DescriptorProblem("its \(member) is NULL") }
        guard let text = unsafe PluginText.string(pointer, maximumByteCount: maximumByteCount),
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            throw DescriptorProblem(
                "its \(member) is not one line of UTF-8 of at most \(maximumByteCount) bytes"
            )
        }
        return text
    }

    /// nil: it has none.
    func function(of hook: Hook) -> tally_hook? {
        unsafe Self.function(of: hook, in: descriptor)
    }

    private static func function(
        of hook: Hook,
        in descriptor: tally_plugin_descriptor
    ) -> tally_hook? {
        switch hook {
        case .connect: unsafe descriptor.connect
        case .subscribe: unsafe descriptor.subscribe
        case .liveStart: unsafe descriptor.live_start
        case .liveStop: unsafe descriptor.live_stop
        case .liveUpdate: unsafe descriptor.live_update
        case .comment: unsafe descriptor.comment
        case .publish: unsafe descriptor.publish
        case .rpc: unsafe descriptor.rpc
        case .http: unsafe descriptor.http
        case .subscribed: unsafe descriptor.subscribed
        case .unsubscribed: unsafe descriptor.unsubscribed
        case .disconnected: unsafe descriptor.disconnected
        case .commented: unsafe descriptor.commented
        case .started: unsafe descriptor.started
        case .stopped: unsafe descriptor.stopped
        case .viewers: unsafe descriptor.viewers
        case .tick: unsafe descriptor.tick
        }
    }
}
