// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Why a command did not do what was asked, and what to do next.
struct CommandFailure: Error {
    /// The statuses that `tally --help` lists; from 64 on as in sysexits(3).
    enum Status: Int32 {
        case refused = 1
        case usage = 64
        case badData = 65
        case missingInput = 66
        case unavailable = 69
        case software = 70
        case system = 71
        case cannotCreate = 73
        case inputOutput = 74
        case temporary = 75
        case permission = 77
        case configuration = 78
    }

    let message: String
    /// One line each, between message and advice.
    let details: [String]
    /// What to do about it; empty where the message says it.
    let advice: String
    let status: Status

    init(_ status: Status, _ message: String, details: [String] = [], advice: String = "") {
        self.status = status
        self.message = message
        self.details = details
        self.advice = advice
    }

    func exit() -> Never {
        Console.complain("tally: " + message)
        for detail in details { Console.complain(detail) }
        if !advice.isEmpty { Console.complain("  " + advice) }
        Foundation.exit(status.rawValue)
    }
}
