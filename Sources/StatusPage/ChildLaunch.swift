// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// What the supervisor hands to a child that it starts: who it is, and which descriptors it has.
///
/// The supervisor writes it as the child's arguments, which `ps` shows:
/// `tally worker index=0 parent=812 status=5 slot=2 configuration=6 listeners=8,9 hub=data/hub.sock data=data
/// control=10 predecessor= tickets=11 pages=12 plugins=0:word-filter,1!webhook`.
/// The hidden subcommand of the role passes its arguments to `init(arguments:)` and then calls
/// `enter()`. Both sides are always the same program, so there is no version, and a field more or less
/// is an error.
package struct ChildLaunch: Hashable, Sendable {
    package let identity: ProcessIdentity
    /// The supervisor's process id; a child whose parent is somebody else ends.
    package let parent: Int32
    package let statusPage: Int32
    /// Its place in the status page; a successor has another than its predecessor.
    package let slot: Int
    /// A sealed file with the configuration that the supervisor validated.
    package let configuration: Int32
    /// Listening sockets.
    ///
    /// A worker's: its own for each TCP address, and each Unix one that all
    /// share. The hub's: the one for its workers, at `hubSocketPath`.
    package let listeners: [Int32]
    /// Where workers reach the hub.
    ///
    /// The supervisor keeps the socket open, so a connection made
    /// while the hub is being replaced waits for the new one.
    package let hubSocketPath: String
    package let dataFolder: String
    /// A worker's end of a stream socket pair, over which its successor will ask for its
    /// connections; nil for the hub.
    ///
    /// The supervisor keeps the other end, and gives a copy of it to each successor. So this end
    /// does not read as closed when a successor dies: a new one may ask again.
    package let control: Int32?
    /// The other end of the `control` of the worker that this one replaces: ask it for its
    /// connections, and serve without them when it reads as closed.
    package let predecessor: Int32?
    /// The file `plugins`, for a worker with plugins that it has room for.
    package let pluginPage: Int32?
    /// The plugins of the manifest and their numbers.
    package let plugins: [PluginPlace]
    /// A sealed file with what all workers derive the keys of TLS session tickets from; nil for the
    /// hub.
    package let ticketSecret: Int32?

    /// Most listening sockets of one process, which bounds its command line; a manifest's list
    /// of addresses is shorter.
    package static let maximumListenerCount = 64

    package init(
        identity: ProcessIdentity,
        parent: Int32,
        statusPage: Int32,
        slot: Int,
        configuration: Int32,
        listeners: [Int32],
        hubSocketPath: String,
        dataFolder: String,
        control: Int32? = nil,
        predecessor: Int32? = nil,
        ticketSecret: Int32? = nil,
        pluginPage: Int32? = nil,
        plugins: [PluginPlace] = []
    ) {
        self.identity = identity
        self.parent = parent
        self.statusPage = statusPage
        self.slot = slot
        self.configuration = configuration
        self.listeners = listeners
        self.hubSocketPath = hubSocketPath
        self.dataFolder = dataFolder
        self.control = control
        self.predecessor = predecessor
        self.pluginPage = pluginPage
        self.plugins = plugins
        self.ticketSecret = ticketSecret
    }

    /// Every descriptor that the child has to inherit.
    package var descriptors: [Int32] {
        [statusPage, configuration] + listeners
            + [control, predecessor, ticketSecret, pluginPage].compactMap(\.self)
    }

    /// The command line after the program's name; the first is the role's subcommand.
    package var arguments: [String] {
        [identity.role.name] + Field.allCases.map { "\($0)=\(text(of: $0))" }
    }

    private enum Field: String, CaseIterable {
        case index
        case parent
        case status
        case slot
        case configuration
        case listeners
        case hub
        case data
        case control
        case predecessor
        case tickets
        case pages
        case plugins
    }

    private func text(of field: Field) -> String {
        switch field {
        case .index: "\(identity.index)"
        case .parent: "\(parent)"
        case .status: "\(statusPage)"
        case .slot: "\(slot)"
        case .configuration: "\(configuration)"
        case .listeners: listeners.map(String.init).joined(separator: ",")
        case .hub: hubSocketPath
        case .data: dataFolder
        case .control: control.map(String.init) ?? ""
        case .predecessor: predecessor.map(String.init) ?? ""
        case .pages: pluginPage.map(String.init) ?? ""
        case .plugins: plugins.map(\.text).joined(separator: ",")
        case .tickets: ticketSecret.map(String.init) ?? ""
        }
    }
}

extension ChildLaunch {
    /// Reads what `arguments` wrote, without the role's subcommand, which is known by now.
    ///
    /// - Throws: whatever does not come from a supervisor, such as a call by hand.
    package init(role: ProcessRole, arguments: [String]) throws(ChildLaunchError) {
        var values: [Field: String] = [:]
        for argument in arguments {
            let parts = argument.split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard parts.count == 2, let field = Field(rawValue: String(parts[0])) else {
                throw .unknownArgument(role, argument)
            }
            guard values.updateValue(String(parts[1]), forKey: field) == nil else {
                throw .invalid(role, field.rawValue)
            }
        }
        func text(_ field: Field) throws(ChildLaunchError) -> String {
            guard let value = values[field] else { throw .missing(role, field.rawValue) }
            return value
        }
        func number(_ field: Field, from least: Int32) throws(ChildLaunchError) -> Int32 {
            guard let value = Int32(try text(field)), value >= least else {
                throw .invalid(role, field.rawValue)
            }
            return value
        }
        func descriptor(_ field: Field) throws(ChildLaunchError) -> Int32? {
            try text(field).isEmpty ? nil : number(field, from: Self.firstDescriptor)
        }
        var listeners: [Int32] = []
        for item in try text(.listeners).split(separator: ",", omittingEmptySubsequences: true) {
            guard let raw = Int32(item), raw >= Self.firstDescriptor,
                listeners.count < Self.maximumListenerCount
            else { throw .invalid(role, Field.listeners.rawValue) }
            listeners.append(raw)
        }
        var plugins: [PluginPlace] = []
        for item in try text(.plugins).split(separator: ",", omittingEmptySubsequences: true) {
            guard let place = PluginPlace(text: String(item)),
                !plugins.contains(where: { $0.number == place.number || $0.name == place.name })
            else { throw .invalid(role, Field.plugins.rawValue) }
            plugins.append(place)
        }
        self.init(
            identity: ProcessIdentity(role, Int(try number(.index, from: 0))),
            parent: try number(.parent, from: 1),
            statusPage: try number(.status, from: Self.firstDescriptor),
            slot: Int(try number(.slot, from: 0)),
            configuration: try number(.configuration, from: Self.firstDescriptor),
            listeners: listeners,
            hubSocketPath: try text(.hub),
            dataFolder: try text(.data),
            control: try descriptor(.control),
            predecessor: try descriptor(.predecessor),
            ticketSecret: try descriptor(.tickets),
            pluginPage: try descriptor(.pages),
            plugins: plugins
        )
    }

    /// Below are standard input, output and error.
    private static let firstDescriptor: Int32 = 3
}

/// Why a role's subcommand cannot run.
package enum ChildLaunchError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownArgument(ProcessRole, String)
    case missing(ProcessRole, String)
    case invalid(ProcessRole, String)
    /// A descriptor that should have been inherited is not open, or cannot be read.
    case badDescriptor(ProcessRole, SystemError)
    case badStatusPage(ProcessRole, StatusError)
    /// The status page has no slot for this process.
    case noSlot(ProcessIdentity)

    package var description: String {
        switch self {
        case .unknownArgument(let role, let text): "\(role.name): unknown argument \(text)\(hint)"
        case .missing(let role, let field): "\(role.name): argument \(field)= is missing\(hint)"
        case .invalid(let role, let field): "\(role.name): argument \(field)= is wrong\(hint)"
        case .badDescriptor(let role, let error): "\(role.name): \(error)\(hint)"
        case .badStatusPage(let role, let error): "\(role.name): \(error)\(hint)"
        case .noSlot(let identity): "\(identity): the status page has no place for it\(hint)"
        }
    }

    private var hint: String {
        "; `tally serve` starts this process itself, do not start it by hand"
    }
}
