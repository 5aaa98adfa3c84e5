// SPDX-License-Identifier: Apache-2.0

import Bench
import Foundation
import Reactor

/// The role of the processes that are a benchmark's viewers.
enum LoadRole {
    static func run(arguments: [String]) -> Never {
        OwnProcess.setName("tally-load")
        do throws(SystemError) {
            try LoadProcess.run(arguments: arguments)
        } catch {
            CommandFailure(.system, "a load: \(error)").exit()
        }
        exit(EXIT_SUCCESS)
    }
}
