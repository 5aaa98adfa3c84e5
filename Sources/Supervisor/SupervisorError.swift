// SPDX-License-Identifier: Apache-2.0

import Glibc
package import Reactor

/// Why a supervisor cannot start; each text says what to do next.
package enum SupervisorError: Error, Hashable, Sendable {
    case noAddress
    /// The manifest names a user that this process is not and cannot become.
    case notSuperuser(String)
    case tooManyAddresses(Int, most: Int)
    case repeatedAddress(SocketAddress)
    case addressInUse(SocketAddress)
    case addressForbidden(SocketAddress)
    case addressNotHere(SocketAddress)
    case cannotListen(SocketAddress, SystemError)
    case folderHasNoParent(String)
    case folderNotOwned(String, owner: UInt32, user: UInt32)
    case folderOpenToOthers(String)
    /// `holder`: the process id that the other Tally wrote down, as text; empty when unknown.
    case folderInUse(String, holder: String)
    case folderUnusable(String, SystemError)
    case socketPathTooLong(String, most: Int)
    case system(SystemError)

    /// As in `sysexits.h`: 69 unavailable, 71 system error, 73 cannot create, 77 no permission,
    /// 78 configuration.
    package var exitStatus: Int32 {
        switch self {
        case .addressInUse, .folderInUse: 69
        case .cannotListen, .system: 71
        case .folderHasNoParent, .folderUnusable: 73
        case .notSuperuser, .addressForbidden, .folderNotOwned, .folderOpenToOthers: 77
        case .noAddress, .tooManyAddresses, .repeatedAddress, .addressNotHere, .socketPathTooLong:
            78
        }
    }
}

extension SupervisorError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noAddress:
            "there is no address to listen on; give one with --listen 127.0.0.1:8000"
        case .tooManyAddresses(let count, let most):
            "\(count) listen addresses are too many; use at most \(most)"
        case .repeatedAddress(let address):
            "the address \(address) is listed twice; remove one"
        case .addressInUse(let address):
            "the address \(address) is in use by another process, or by another address of the "
                + "list; stop the other process\(Self.wayToFind(address)), or choose another "
                + "address with --listen"
        case .notSuperuser(let user):
            "only root can become user \(user); start as root, or as \(user), or leave user: empty"
        case .addressForbidden(let address):
            "this user may not listen on \(address); choose a port from 1024, or grant "
                + "CAP_NET_BIND_SERVICE, or restart Tally if it gave up being root (user:); "
                + "a Unix socket needs a folder that this user may write"
        case .addressNotHere(let address):
            "this machine has no address \(address.host); `ip address` lists those it has, and "
                + "0.0.0.0 or [::] mean all of them"
        case .cannotListen(let address, let error):
            "cannot listen on \(address): \(error)"
        default:
            folderDescription
        }
    }

    private var folderDescription: String {
        switch self {
        case .folderHasNoParent(let path):
            "the data folder \(path) cannot be made, the folder that it lies in does not exist; "
                + "make it first: mkdir -p '\(path)'"
        case .folderNotOwned(let path, let owner, let user):
            "the data folder \(path) belongs to user \(owner), not to \(user), who is to use it; "
                + "run as that user, give it away (chown), or choose another folder with --data"
        case .folderOpenToOthers(let path):
            "others may write into the data folder \(path), which holds secrets; "
                + "close it: chmod 700 '\(path)'"
        case .folderInUse(let path, let holder):
            "another Tally\(holder.isEmpty ? "" : " (process \(holder))") uses the data folder "
                + "\(path); stop it, or choose another folder with --data"
        case .folderUnusable(let path, let error):
            "the data folder \(path) cannot be used: \(error); "
                + "choose a folder that this user may write with --data"
        case .socketPathTooLong(let path, let most):
            "the path \(path) is too long for a socket, which has at most \(most) bytes; "
                + "choose a data folder with a shorter path, or give it relative to here"
        case .system(let error):
            "the system refused: \(error)"
        default:
            "the address cannot be used"
        }
    }

    private static func wayToFind(_ address: SocketAddress) -> String {
        address.port.map { " (`ss -ltnp 'sport = :\($0)'` names it)" } ?? ""
    }
}
