// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import Testing

@testable import Supervisor

/// What has to be in order before anything starts.
@Suite struct StartConditionsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func refusal(_ addresses: [SocketAddress], workers: Int = 1) -> SupervisorError? {
        #expect(throws: SupervisorError.self) {
            try ListenerSet(addresses, workerCount: workers)
        }
    }

    // MARK: Folder

    @Test func makesTheDataFolderForItsUserAlone() throws {
        let path = folder.path + "/new"
        _ = try FolderClaim(path: path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o700)
    }

    @Test func refusesAFolderWithoutParent() {
        let path = folder.path + "/missing/data"
        #expect(throws: SupervisorError.folderHasNoParent(path)) { try FolderClaim(path: path) }
    }

    @Test(arguments: [0o720, 0o702, 0o777])
    func refusesAFolderThatOthersMayWrite(mode: Int) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: mode],
            ofItemAtPath: folder.path
        )
        #expect(throws: SupervisorError.folderOpenToOthers(folder.path)) {
            try FolderClaim(path: folder.path)
        }
    }

    @Test func acceptsAFolderThatOthersMayOnlyRead() throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755],
            ofItemAtPath: folder.path
        )
        _ = try FolderClaim(path: folder.path)
    }

    @Test func refusesAFileInThePlaceOfTheFolder() throws {
        let path = folder.path + "/file"
        try Data().write(to: URL(filePath: path))
        let error = #expect(throws: SupervisorError.self) { try FolderClaim(path: path) }
        #expect(error?.exitStatus == 73)
    }

    @Test func refusesALockThatIsASymbolicLink() throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/lock",
            withDestinationPath: "/etc/passwd"
        )
        let error = #expect(throws: SupervisorError.self) {
            try FolderClaim(path: folder.path)
        }
        #expect(error?.exitStatus == 73)
    }

    @Test func namesTheProcessThatHasTheFolder() throws {
        let claim = try FolderClaim(path: folder.path)
        let holder = "\(OwnProcess.identifier)"
        #expect(throws: SupervisorError.folderInUse(folder.path, holder: holder)) {
            try FolderClaim(path: claim.path)
        }
    }

    // MARK: Addresses

    @Test func givesEveryWorkerASocketOnThePortThatTheSystemChose() throws {
        let set = try ListenerSet(
            [.ipv4(0x7f00_0001, port: 0), .ipv4(0x7f00_0001, port: 0)],
            workerCount: 3
        )
        #expect(Set(set.addresses).count == 2)
        #expect(set.addresses.allSatisfy { $0.port != 0 })
        let descriptors = (0..<3).map { set.descriptors(ofWorker: $0) }
        #expect(descriptors.allSatisfy { $0.compactMap(Socket.localAddress) == set.addresses })
        #expect(Set(descriptors.joined()).count == 6)
    }

    @Test func sharesAUnixSocket() throws {
        let address = SocketAddress.unix(path: folder.path + "/s")
        let set = try ListenerSet([address], workerCount: 2)
        #expect(set.descriptors(ofWorker: 0) == set.descriptors(ofWorker: 1))
        #expect(refusal([address]) == .addressInUse(address))
        set.removeFiles()
        #expect(!File.isSocket(folder.path + "/s"))
    }

    @Test func replacesAnAbandonedUnixSocket() throws {
        let address = SocketAddress.unix(path: folder.path + "/s")
        do { _ = try ListenerSet([address], workerCount: 1) }
        #expect(File.isSocket(folder.path + "/s"))
        _ = try ListenerSet([address], workerCount: 1)
    }

    @Test func leavesAFileAloneThatIsNoSocket() throws {
        let path = folder.path + "/precious"
        try Data("x".utf8).write(to: URL(filePath: path))
        #expect(refusal([.unix(path: path)]) == .addressInUse(.unix(path: path)))
        #expect(FileManager.default.contents(atPath: path) == Data("x".utf8))
    }

    @Test func refusesListsThatCannotWork() {
        let address = SocketAddress.ipv4(0x7f00_0001, port: 65_000)
        #expect(refusal([]) == .noAddress)
        #expect(refusal([address, address]) == .repeatedAddress(address))
        #expect(
            refusal(Array(repeating: address.withPort(0), count: 65))
                == .tooManyAddresses(65, most: 64)
        )
        // TEST-NET-1, RFC 5737: no machine has it.
        let elsewhere = SocketAddress.ipv4(0xc000_0201, port: 0)
        #expect(refusal([elsewhere]) == .addressNotHere(elsewhere))
    }

    @Test func everyRefusalSaysWhatToDo() {
        let address = SocketAddress.ipv4(0x7f00_0001, port: 80)
        let error = SystemError(operation: "bind \(address)", code: 1)
        let errors: [SupervisorError] = [
            .noAddress, .tooManyAddresses(65, most: 64), .repeatedAddress(address),
            .addressInUse(address), .addressForbidden(address), .addressNotHere(address),
            .folderHasNoParent("d"), .folderNotOwned("d", owner: 7, user: 8),
            .folderOpenToOthers("d"),
            .folderInUse("d", holder: "1"), .folderUnusable("d", error),
            .socketPathTooLong("d", most: 107),
        ]
        for error in errors {
            #expect(error.description.contains("; ") || error.description.contains(", "))
            #expect(64...78 ~= error.exitStatus)
        }
    }
}
