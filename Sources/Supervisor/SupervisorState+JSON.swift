// SPDX-License-Identifier: Apache-2.0

import HubLink
import JSON
import Reactor
import StatusPage

/// What a state is refused for.
enum SupervisorStateError: Error, Hashable, CustomStringConvertible {
    case notAState(String)
    case otherVersion(Int64, expected: Int)
    case otherLink(Int64?, expected: Int)
    case wrong(String)

    var description: String {
        switch self {
        case .notAState(let reason): "what was handed over is no state of a supervisor: \(reason)"
        case .otherVersion(let found, let expected):
            "the running Tally hands over state version \(found), this program understands "
                + "\(expected); stop the service and start this program instead"
        case .otherLink(let found, let expected):
            "this program speaks another hub link than what runs (\(expected), not "
                + "\(found.map { "\($0)" } ?? "1")); restart the service"
        case .wrong(let key): "what was handed over has a wrong or missing `\(key)`"
        }
    }
}

extension SupervisorState {
    func encoded() -> [UInt8] {
        var writer = JSONWriter(capacity: 4_096)
        writer.beginObject()
        writer.member("version", Self.version)
        writer.member("link", hubLink)
        writer.member("data", dataFolder)
        writer.member("program", program)
        if case .undo(let undo) = task {
            writer.key("undo")
            writer.beginObject()
            writer.member("reason", undo.reason)
            writer.list("replaced", undo.replaced) { $0.write($1) }
            writer.endObject()
        }
        for (name, path) in Self.numbers { writer.member(name, Int(self[keyPath: path])) }
        if let ticketSecret { writer.member("ticket_secret", Int(ticketSecret)) }
        if let answer { writer.member("answer", Int(answer)) }
        writer.member("workers", workerCount)
        writer.list("addresses", addresses) { writer, address in
            writer.beginObject()
            writer.member("requested", "\(address.requested)")
            writer.member("bound", "\(address.bound)")
            writer.list("listeners", address.listeners) { $0.integer($1) }
            writer.endObject()
        }
        writer.list("children", children) { writer, child in
            writer.beginObject()
            writer.key("child")
            writer.write(child.identity)
            writer.member("starts", child.startCount)
            if let process = child.process {
                writer.member("pid", Int(process.pid))
                writer.member("slot", process.slot)
                if let control = process.control { writer.member("control", Int(control)) }
            }
            writer.endObject()
        }
        writer.list("askers", askers) { $0.integer($1) }
        writer.list("plugins", plugins) { $0.write($1) }
        writer.endObject()
        return writer.bytes
    }

    init(decoding bytes: [UInt8]) throws(SupervisorStateError) {
        let value: JSONValue
        do throws(JSONError) {
            let limits = JSONLimits(maximumByteCount: Self.maximumByteCount, maximumDepth: 8)
            value = try JSONValue.parse(bytes, limits: limits)
        } catch {
            throw .notAState("\(error)")
        }
        guard value.isObject, let version = value["version"]?.integer else {
            throw .notAState("it has no version")
        }
        guard version == Self.version else {
            throw .otherVersion(version, expected: Self.version)
        }
        let link = value["link"]?.integer
        guard link == Int64(LinkFormat.current) else {
            throw .otherLink(link, expected: LinkFormat.current)
        }
        var task = Task.finishUpgrade
        if let undo = value["undo"] {
            task = .undo(
                RenewalUndo(
                    replaced: try undo.list("replaced") { ProcessIdentity($0) },
                    reason: try undo.text("reason")
                )
            )
        }
        self.init(
            dataFolder: try value.text("data"),
            program: try value.text("program"),
            task: task,
            lock: -1,
            statusPage: -1,
            hubListener: -1,
            operatorListener: -1,
            hubConfiguration: -1,
            workerConfiguration: -1,
            ownProgram: -1,
            ticketSecret: try value.optionalDescriptor("ticket_secret"),
            answer: try value.optionalDescriptor("answer"),
            addresses: try value.list("addresses") { try? Address($0) },
            workerCount: try value.number("workers", 1...SupervisorOptions.maximumWorkerCount),
            children: try value.list("children") { try? Child($0) },
            askers: try value.list("askers") { $0.descriptor },
            plugins: value["plugins"] == nil
                ? [] : try value.list("plugins") { try? PluginRoster.Entry($0) }
        )
        for (name, path) in Self.numbers { self[keyPath: path] = try value.descriptor(name) }
        try check()
    }

    /// Whether it makes sense as a whole: every worker has its sockets, nobody is there twice, and
    /// no descriptor has two owners.
    private func check() throws(SupervisorStateError) {
        for address in addresses {
            let isShared = address.bound.port == nil
            guard address.listeners.count == (isShared ? 1 : workerCount) else {
                throw .wrong("listeners")
            }
        }
        guard Set(children.map(\.identity)).count == children.count,
            children.contains(where: { $0.identity == ProcessIdentity(.hub) })
        else { throw .wrong("children") }
        guard Set(descriptors).count == descriptors.count else { throw .wrong("descriptors") }
        guard Set(plugins.map(\.number)).count == plugins.count,
            Set(plugins.map(\.plugin.name)).count == plugins.count
        else { throw .wrong("plugins") }
    }

    private typealias Field = any (WritableKeyPath<Self, Int32> & Sendable)

    private static let numbers: [(String, Field)] = [
        ("lock", \.lock), ("status", \.statusPage), ("hub_listener", \.hubListener),
        ("operator_listener", \.operatorListener), ("hub_configuration", \.hubConfiguration),
        ("worker_configuration", \.workerConfiguration), ("own_program", \.ownProgram),
    ]
}

extension SupervisorState.Address {
    fileprivate init(_ value: JSONValue) throws {
        requested = try SocketAddress(parsing: value.text("requested"))
        bound = try SocketAddress(parsing: value.text("bound"))
        listeners = try value.list("listeners") { $0.descriptor }
    }
}

extension SupervisorState.Child {
    fileprivate init(_ value: JSONValue) throws(SupervisorStateError) {
        guard let identity = value["child"].flatMap({ ProcessIdentity($0) }) else {
            throw .wrong("child")
        }
        self.identity = identity
        startCount = try value.number("starts", 0...Int.max)
        guard value["pid"] != nil else { return }
        let slot = try value.number("slot", 0...Int.max)
        guard StatusPage.slots(of: identity).contains(slot) else { throw .wrong("slot") }
        process = SupervisorState.Process(
            identity: identity,
            pid: Int32(try value.number("pid", 1...Int(Int32.max))),
            slot: slot,
            control: try value.optionalDescriptor("control")
        )
    }
}

extension ProcessIdentity {
    /// From `["worker",2]`.
    fileprivate init?(_ value: JSONValue) {
        let parts = value.elements
        guard parts.count == 2, let name = parts[0].string, let role = ProcessRole(name: name),
            let index = parts[1].integer, 0..<SupervisorOptions.maximumWorkerCount ~= Int(index)
        else { return nil }
        self.init(role, Int(index))
    }
}

extension JSONValue {
    func text(_ key: String) throws(SupervisorStateError) -> String {
        guard let text = self[key]?.string else { throw .wrong(key) }
        return text
    }

    func number(
        _ key: String,
        _ range: ClosedRange<Int>
    ) throws(SupervisorStateError) -> Int {
        guard let number = self[key]?.integer, range ~= Int(number) else { throw .wrong(key) }
        return Int(number)
    }

    /// Standard input, output and error are nobody's to hand over.
    fileprivate var descriptor: Int32? {
        integer.flatMap { Int32(exactly: $0) }.flatMap { $0 > 2 ? $0 : nil }
    }

    fileprivate func descriptor(_ key: String) throws(SupervisorStateError) -> Int32 {
        guard let descriptor = self[key]?.descriptor else { throw .wrong(key) }
        return descriptor
    }

    fileprivate func optionalDescriptor(_ key: String) throws(SupervisorStateError) -> Int32? {
        self[key] == nil ? nil : try descriptor(key)
    }

    func list<Element>(
        _ key: String,
        _ read: (JSONValue) -> Element?
    ) throws(SupervisorStateError) -> [Element] {
        guard let list = self[key], list.isArray else { throw .wrong(key) }
        let elements = list.elements.map(read)
        guard !elements.contains(where: { $0 == nil }) else { throw .wrong(key) }
        return elements.compactMap(\.self)
    }
}

extension JSONWriter {
    mutating func member(_ name: String, _ text: String) {
        key(name)
        string(text)
    }

    mutating func member(_ name: String, _ number: Int) {
        key(name)
        integer(number)
    }

    fileprivate mutating func write(_ identity: ProcessIdentity) {
        beginArray()
        string(identity.role.name)
        integer(identity.index)
        endArray()
    }

    mutating func list<Element>(
        _ name: String,
        _ elements: [Element],
        _ write: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        beginArray()
        for element in elements { write(&self, element) }
        endArray()
    }
}
