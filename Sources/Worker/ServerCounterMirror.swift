// SPDX-License-Identifier: Apache-2.0

import StatusPage
import WebServer

/// Carries the web server's counters over to the status page.
struct ServerCounterMirror {
    private var shown: WebServerCounters

    init(_ counters: WebServerCounters) {
        shown = counters
    }

    mutating func update(_ slot: StatusSlot, from counters: WebServerCounters) {
        slot.add(.requests, counters.requests - shown.requests)
        slot.add(.httpErrors, counters.badRequests - shown.badRequests)
        slot.add(.protocolErrors, counters.protocolErrors - shown.protocolErrors)
        slot.add(.slowDisconnects, counters.slowDisconnects - shown.slowDisconnects)
        slot.add(.rejectedConnections, counters.rejectedConnections - shown.rejectedConnections)
        slot.add(.rejectedForAddress, counters.rejectedForAddress - shown.rejectedForAddress)
        slot.add(.rejectedForMemory, counters.rejectedForMemory - shown.rejectedForMemory)
        slot.add(.acceptRateLimits, counters.acceptRateLimits - shown.acceptRateLimits)
        slot.add(.acceptPauses, counters.acceptPauses - shown.acceptPauses)
        slot.add(.tlsHandshakes, counters.handshakes - shown.handshakes)
        slot.add(.tlsResumptions, counters.resumedHandshakes - shown.resumedHandshakes)
        slot.add(.failedHandshakes, counters.failedHandshakes - shown.failedHandshakes)
        shown = counters
    }
}
