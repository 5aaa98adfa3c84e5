// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The user and the group that a process acts as.
package struct Account: Hashable, Sendable {
    /// For the supplementary groups; a number's text where the user has no name.
    package let name: String
    package let user: UInt32
    package let group: UInt32

    /// Looks a user up, by name or number; and a group, if it is not to be the user's own.
    ///
    /// - Throws: when the system knows no such user or group.
    package init(user name: String, group groupName: String) throws(AccountError) {
        // Both point to the library's own memory, and are read before the next call.
        let found = unsafe UInt32(name).map { unsafe getpwuid($0) } ?? getpwnam(name)
        guard let entry = unsafe found else { throw .unknownUser(name) }
        self.name = unsafe String(cString: entry.pointee.pw_name)
        user = unsafe entry.pointee.pw_uid
        guard !groupName.isEmpty else {
            group = unsafe entry.pointee.pw_gid
            return
        }
        let foundGroup = unsafe UInt32(groupName).map { unsafe getgrgid($0) } ?? getgrnam(groupName)
        guard let entry = unsafe foundGroup else { throw .unknownGroup(groupName) }
        group = unsafe entry.pointee.gr_gid
    }

    /// Whom this process acts as; a number's text where the user has no name.
    package static var currentName: String {
        let user = String(geteuid())
        return (try? Account(user: user, group: ""))?.name ?? user
    }

    /// Whether this process may become another account.
    package static var isSuperuser: Bool { geteuid() == 0 }

    /// Whether this process acts as the account already.
    package var isCurrent: Bool { geteuid() == user && getegid() == group }

    /// Makes this process the account's for good: groups first, as only the superuser may set them,
    /// and then the user, after which there is no way back (setuid(2)).
    ///
    /// The kernel forgets then that the process is to die with its parent.
    package func become() throws(SystemError) {
        guard unsafe initgroups(name, group) == 0 else {
            throw SystemError(lastErrorOf: "take the groups of \(name)")
        }
        guard setgid(group) == 0 else { throw SystemError(lastErrorOf: "become group \(group)") }
        guard setuid(user) == 0 else { throw SystemError(lastErrorOf: "become user \(name)") }
        // A kernel or a library that got this wrong would leave the world a superuser to talk to.
        precondition(user == 0 || (setuid(0) != 0 && seteuid(0) != 0), "still the superuser")
    }

    /// Gives a file or folder to the account.
    package func own(_ path: String) throws(SystemError) {
        guard unsafe lchown(path, user, group) == 0 else {
            throw SystemError(lastErrorOf: "give \(path) to \(name)")
        }
    }

    /// Gives a socket to the account: only one user's sockets may share a port (`socket(7)`).
    package func own(_ descriptor: borrowing Descriptor) throws(SystemError) {
        guard fchown(descriptor.raw, user, group) == 0 else {
            throw SystemError(lastErrorOf: "give a socket to \(name)")
        }
    }
}

package enum AccountError: Error, Hashable, Sendable {
    case unknownUser(String)
    case unknownGroup(String)
}

extension OwnProcess {
    /// What this process starts can never have more privileges than it has itself (prctl(2),
    /// PR_SET_NO_NEW_PRIVS), for good.
    package static func forbidNewPrivileges() {
        let result = tally_forbid_new_privileges()
        precondition(result == 0, "PR_SET_NO_NEW_PRIVS")
    }

    /// No memory of this process goes into a core dump, and nobody else of the same user may look
    /// into it (prctl(2), PR_SET_DUMPABLE); until the next exec.
    package static func forbidCoreDumps() {
        let result = tally_forbid_core_dumps()
        precondition(result == 0, "PR_SET_DUMPABLE")
    }
}
