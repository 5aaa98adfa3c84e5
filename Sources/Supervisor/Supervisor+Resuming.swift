// SPDX-License-Identifier: Apache-2.0

import Glibc
package import Logging
package import Reactor
package import StatusPage

/// The new program's side of an upgrade.
extension Supervisor {
    /// Says whether this program could go on with what a running supervisor would hand over.
    ///
    /// - Parameters:
    ///   - raw: the inherited state, as `--probe` names it.
    ///   - load: how this program reads the manifest, by the same arguments.
    /// - Returns: the exit status; 0: it could.
    package static func probe(
        _ raw: Int32,
        load: () -> Result<SupervisorOptions, LoadingFailure>
    ) -> Int32 {
        do throws(ResumptionError) {
            let state = try SupervisorState.read(raw)
            do throws(ResumptionError) {
                _ = try state.openPage(Descriptor(owning: state.statusPage))
                // Going back needs no manifest: what is in force was loaded from it before.
                if case .finishUpgrade = state.task { try check(load(), state) }
                return EXIT_SUCCESS
            } catch {
                if let answer = state.answer {
                    _ = Socket.send(answer, Array(error.description.utf8), from: 0)
                }
                return error.exitStatus
            }
        } catch {
            return error.exitStatus
        }
    }

    /// Goes on in place of the program that executed this one, as `--resume` tells; see `run`.
    ///
    /// - Throws: what the probe should have found; the children die with this process then.
    package static func resume(
        _ raw: Int32,
        _ renewal: RenewalOptions,
        logger: Logger
    ) throws(ResumptionError) -> Supervisor {
        let state = try SupervisorState.read(raw)
        let page = try state.openPage(Descriptor(owning: state.statusPage))
        var options = SupervisorOptions(
            addresses: state.addresses.map(\.requested),
            workerCount: state.workerCount,
            dataFolder: state.dataFolder
        )
        options.renewal = renewal
        do throws(SystemError) {
            let hubConfiguration = Descriptor(owning: state.hubConfiguration)
            let workerConfiguration = Descriptor(owning: state.workerConfiguration)
            let limit = ChildLaunch.maximumConfigurationByteCount
            options.hubConfiguration = try File.read(hubConfiguration, maximumByteCount: limit)
            let entries = state.addresses.map { address in
                ListenerSet.Entry(
                    requested: address.requested,
                    bound: address.bound,
                    listeners: address.listeners.map {
                        ListenerSet.Listener(Descriptor(owning: $0))
                    }
                )
            }
            let setup = Setup(
                options,
                listeners: ListenerSet(entries),
                hubConfiguration: hubConfiguration,
                workerConfiguration: workerConfiguration
            )
            return try Supervisor(resuming: state, setup, page: page, logger: logger)
        } catch {
            throw .system(error)
        }
    }

    private static func check(
        _ loaded: Result<SupervisorOptions, LoadingFailure>,
        _ state: SupervisorState
    ) throws(ResumptionError) {
        switch loaded {
        case .failure(let failure): throw .loading(failure)
        case .success(let options):
            guard options.dataFolder == state.dataFolder else { throw .otherFolder }
        }
    }
}

/// Why a program cannot go on in another's place.
package enum ResumptionError: Error, CustomStringConvertible {
    case state(String)
    case statusPage(StatusError)
    case loading(LoadingFailure)
    case otherFolder
    case system(SystemError)

    package var description: String {
        switch self {
        case .state(let reason): reason
        case .statusPage(let error): "\(error)"
        case .loading(let failure): failure.problems.joined(separator: "\n")
        case .otherFolder: "the data folder is another one now; restart the service"
        case .system(let error): "\(error)"
        }
    }

    package var exitStatus: Int32 {
        switch self {
        case .state, .statusPage: 65
        case .loading(let failure): failure.exitStatus
        case .otherFolder: 78
        case .system: 71
        }
    }
}

extension SupervisorState {
    /// Takes the state and everything that it names, which nothing inherits by accident from here on.
    fileprivate static func read(_ raw: Int32) throws(ResumptionError) -> SupervisorState {
        guard raw > 2 else { throw .state("\(raw) is not the number of a state") }
        let bytes: [UInt8]
        do throws(SystemError) {
            // Before it is owned: closing what is not open is a mistake that crashes.
            try File.setCloseOnExec(raw)
            bytes = try File.read(
                Descriptor(owning: raw),
                maximumByteCount: maximumByteCount
            )
        } catch {
            throw .system(error)
        }
        let state: SupervisorState
        do throws(SupervisorStateError) {
            state = try SupervisorState(decoding: bytes)
        } catch {
            throw .state("\(error)")
        }
        do throws(SystemError) {
            for descriptor in state.descriptors { try File.setCloseOnExec(descriptor) }
        } catch {
            throw .system(error)
        }
        return state
    }

    fileprivate func openPage(
        _ file: consuming Descriptor
    ) throws(ResumptionError) -> StatusPage {
        do throws(StatusError) {
            return try StatusPage.open(file)
        } catch {
            throw .statusPage(error)
        }
    }
}
