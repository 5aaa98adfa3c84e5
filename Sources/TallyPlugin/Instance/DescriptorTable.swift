// SPDX-License-Identifier: Apache-2.0

package import CTallyPlugin
import Glibc
import Synchronization

/// The descriptor that the library exports, and the type behind it.
///
/// A library is one plugin, so there is one; C functions cannot carry a type with them.
package enum DescriptorTable {
    private static let exported = Mutex<(any Plugin.Type)?>(nil)

    static func descriptor(of type: any Plugin.Type) -> PluginDescriptor {
        exported.withLock { $0 = type }
        return unsafe UnsafeRawPointer(makeDescriptor(of: type))
    }

    /// Never let go: a library is asked once, and is never unloaded.
    package static func makeDescriptor(
        of type: any Plugin.Type
    ) -> UnsafePointer<tally_plugin_descriptor> {
        let about = type.about
        var descriptor = unsafe tally_plugin_descriptor()
        unsafe descriptor.struct_size = UInt32(MemoryLayout<tally_plugin_descriptor>.size)
        unsafe descriptor.abi_major = UInt16(TALLY_PLUGIN_ABI_MAJOR)
        unsafe descriptor.abi_minor = UInt16(TALLY_PLUGIN_ABI_MINOR)
        unsafe descriptor.name = UnsafePointer(strdup(about.name))
        unsafe descriptor.version = UnsafePointer(strdup(about.version))
        unsafe descriptor.summary = UnsafePointer(strdup(about.summary))
        unsafe descriptor.settings_schema = about.settingsSchema.flatMap { schema in
            unsafe UnsafePointer(strdup(schema))
        }
        unsafe descriptor.create = { host, error, size in
            unsafe DescriptorTable.create(host, error, size)
        }
        unsafe descriptor.destroy = { instance in
            guard let instance = unsafe instance else { return }
            // The reference that `create` made, taken back.
            let owned = unsafe Unmanaged<Instance>.fromOpaque(instance)
            unsafe Instance.at(instance) { $0.stop() }
            unsafe owned.release()
        }
        unsafe descriptor.self_test = { instance, error, size in
            let failure: String?? = unsafe Instance.at(instance) { instance in
                do {
                    try instance.selfTest()
                    return nil
                } catch {
                    return "\(error)"
                }
            }
            guard let failure = failure ?? nil else { return 0 }
            unsafe DescriptorTable.write(failure, to: error, size: size)
            return 1
        }
        unsafe descriptor.setHooks(of: type)
        let place = UnsafeMutablePointer<tally_plugin_descriptor>.allocate(capacity: 1)
        unsafe place.initialize(to: descriptor)
        return unsafe UnsafePointer(place)
    }

    private static func create(
        _ host: UnsafeMutablePointer<tally_host>?,
        _ error: UnsafeMutablePointer<CChar>?,
        _ size: Int
    ) -> UnsafeMutableRawPointer? {
        guard let host = unsafe host, let type = exported.withLock({ $0 }) else { return nil }
        do {
            return unsafe try makeInstance(type, host)
        } catch let failure {
            unsafe write("\(failure)", to: error, size: size)
            return nil
        }
    }

    /// An instance with one reference, which belongs to the caller.
    package static func makeInstance(
        _ type: any Plugin.Type,
        _ host: UnsafeMutablePointer<tally_host>
    ) throws -> UnsafeMutableRawPointer? {
        let core = unsafe HostCore(host)
        do {
            // A pointer is no value to send between threads, and here none is left: this is the loop.
            let address = try Loop.assumeIsolated {
                unsafe Int(
                    bitPattern: Unmanaged.passRetained(try Instance(type, host: Host(core: core)))
                        .toOpaque()
                )
            }
            return unsafe UnsafeMutableRawPointer(bitPattern: address)
        } catch {
            core.close()
            throw error
        }
    }

    /// Writes as much of a text as fits, and its NUL.
    private static func write(
        _ text: String,
        to place: UnsafeMutablePointer<CChar>?,
        size: Int
    ) {
        guard let place = unsafe place, size > 0 else { return }
        unsafe strncpy(place, text.cut(to: size - 1), size)
        unsafe place[size - 1] = 0
    }
}
