// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import StatusPage
import Testing

/// A folder that is gone when the test is over.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/tally-test-XXXXXX".utf8CString)
        guard let path = unsafe mkdtemp(&template) else {
            throw SystemError(operation: "mkdtemp", code: errno)
        }
        self.path = unsafe String(cString: path)
    }

    deinit {
        for name in ["status", "status.new", "plugins", "lock"] {
            try? File.remove(path + "/" + name)
        }
        unsafe rmdir(path)
    }
}

@Suite struct StatusPageTests {
    private let folder: TemporaryFolder
    private let page: StatusPage
    /// The slots of supervisor, hub, worker 0, worker 1.
    private static let numbers = [0, 1, 2, 4]

    init() throws {
        folder = try TemporaryFolder()
        page = try StatusPage.create(path: DataFolder.statusPath(folder.path), slotCount: 6)
        let identities = [
            ProcessIdentity(.supervisor), ProcessIdentity(.hub), ProcessIdentity(.worker, 0),
            ProcessIdentity(.worker, 1),
        ]
        for (number, identity) in zip(Self.numbers, identities) {
            page.slot(number)?.assign(identity, .current)
        }
    }

    private func snapshot() throws -> StatusSnapshot {
        try StatusReader.read(folder: folder.path)
    }

    private func inherited() throws -> StatusPage {
        let raw = fcntl(page.descriptor, F_DUPFD_CLOEXEC, 3)
        return try StatusPage.open(Descriptor(owning: raw))
    }

    @Test func readerSeesWhatAChildWrites() throws {
        let child = try #require(try inherited().slot(4))
        let supervisorsView = try #require(page.slot(4))
        supervisorsView.began(pid: 4_711, restarts: 2, at: 1_700_000_000_000)
        child.setPhase(.serving)
        child.setConnections(17)
        child.beat(now: MonotonicTime(nanoseconds: 5_000))
        child.add(.badRequests)
        child.add(.deliveries, 1_000)
        #expect(supervisorsView.beatCount == 1)
        #expect(supervisorsView.phase == .serving)

        let status = try #require(try StatusReader.read(folder: folder.path).processes.last)
        #expect(status.identity == ProcessIdentity(.worker, 1))
        #expect(status.pid == 4_711)
        #expect(status.restarts == 2)
        #expect(status.startedAt == 1_700_000_000_000)
        #expect(status.phase == .serving)
        #expect(status.connections == 17)
        #expect(status.lastBeat == MonotonicTime(nanoseconds: 5_000))
        #expect(status[.badRequests] == 1)
        #expect(status[.deliveries] == 1_000)
        #expect(status[.commands] == 0)
    }

    @Test func slotsDoNotTouchEachOther() throws {
        for index in 0..<2 {
            let slot = try #require(page.slot(2 + 2 * index))
            for counter in Counter.allCases { slot.add(counter, index + 1) }
        }
        let processes = try StatusReader.read(folder: folder.path).processes
        #expect(processes.map { $0.counters.min() } == [0, 0, 1, 2])
        #expect(processes.map { $0.counters.max() } == [0, 0, 1, 2])
    }

    @Test func aDeadProcessHasNoConnectionsButKeepsItsCounters() throws {
        let slot = try #require(page.slot(2))
        slot.began(pid: 1, restarts: 0, at: 0)
        slot.setPhase(.serving)
        slot.setConnections(3)
        slot.add(.commands, 9)
        slot.ended()
        let status = try StatusReader.read(folder: folder.path).processes[2]
        #expect(status.phase == .down)
        #expect(status.pid == 0)
        #expect(status.connections == 0)
        #expect(status[.commands] == 9)
    }

    @Test func hasNoSlotBeyondItsEnd() {
        #expect(page.slot(5) != nil)
        #expect(page.slot(6) == nil)
        #expect(page.slot(-1) == nil)
    }

    @Test func everyProcessHasSlotsOfItsOwn() {
        let identities =
            [ProcessIdentity(.supervisor), ProcessIdentity(.hub)]
            + (0..<512).map { ProcessIdentity(.worker, $0) }
        let numbers = identities.flatMap { Array(StatusPage.slots(of: $0)) }
        #expect(numbers == Array(0..<StatusPage.maximumSlotCount))
    }

    @Test func showsEachProcessOnceWhileItIsReplaced() throws {
        let old = try #require(page.slot(2))
        let new = try #require(page.slot(3))
        old.began(pid: 10, restarts: 1, at: 1_000)
        old.setPhase(.serving)
        old.setConnections(5)
        old.add(.commands, 7)
        new.assign(ProcessIdentity(.worker, 0), .successor)
        new.began(pid: 11, restarts: 1, at: 2_000)
        new.setPhase(.starting)
        #expect(try snapshot().processes.map(\.pid) == [0, 0, 10, 0])
        #expect(try snapshot().retiring.isEmpty)

        new.setPhase(.serving)
        new.setConnections(4)
        new.add(.commands, 2)
        new.setStanding(.current)
        // Between the supervisor's two writes: the younger one counts.
        #expect(try snapshot().processes.map(\.pid) == [0, 0, 11, 0])
        old.setStanding(.retiring)
        let status = try snapshot()
        #expect(status.processes.map(\.pid) == [0, 0, 11, 0])
        #expect(status.processes.map(\.connections).reduce(0, +) == 4)
        #expect(status.processes[2][.commands] == 9)
        let retiring = try #require(status.retiring.first)
        #expect(status.retiring.count == 1)
        #expect(retiring.identity == ProcessIdentity(.worker, 0))
        #expect(retiring.pid == 10 && retiring.phase == .retiring && retiring[.commands] == 7)

        old.ended()
        old.setStanding(.vacant)
        #expect(try snapshot().retiring.isEmpty)
        #expect(try snapshot().processes[2][.commands] == 9)
    }

    @Test func namesListenAddresses() throws {
        let addresses = try ["127.0.0.1:8000", "[::1]:8000", "unix:/run/t.sock"]
            .map { try SocketAddress(parsing: $0) }
        page.setAddresses(addresses)
        #expect(
            try StatusReader.read(folder: folder.path).addresses == addresses.map(\.description)
        )
    }

    @Test func leavesOutAddressesThatDoNotFit() throws {
        let path = String(repeating: "p", count: SocketAddress.maximumPathByteCount)
        let line = "unix:\(path)\n".utf8.count
        let fitting = StatusPage.maximumAddressByteCount / line
        page.setAddresses(Array(repeating: .unix(path: path), count: fitting + 1))
        #expect(try StatusReader.read(folder: folder.path).addresses.count == fitting)
    }

    @Test func anOldPagesReadersKeepWhatTheyHave() throws {
        let slot = try #require(page.slot(1))
        slot.add(.commands)
        _ = try StatusPage.create(
            path: DataFolder.statusPath(folder.path),
            slotCount: 1
        )
        slot.add(.commands)
        #expect(try StatusReader.read(folder: folder.path).processes.isEmpty)
    }

    @Test func tellsWhetherTheSupervisorIsAlive() throws {
        #expect(try !StatusReader.read(folder: folder.path).isSupervisorAlive)
        let lock = try File.open(DataFolder.lockPath(folder.path), for: .updating)
        #expect(try File.lock(lock))
        #expect(try StatusReader.read(folder: folder.path).isSupervisorAlive)
        lock.close()
        #expect(try !StatusReader.read(folder: folder.path).isSupervisorAlive)
    }

    @Test func counterNamesAreSnakeCaseAndDistinct() {
        #expect(Counter.badRequests.name == "bad_requests")
        #expect(Counter.commands.name == "commands")
        #expect(Set(Counter.allCases.map(\.name)).count == Counter.allCases.count)
        #expect(Counter.allCases.map(\.rawValue) == Array(0..<Counter.allCases.count))
    }
}
