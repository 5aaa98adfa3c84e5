// SPDX-License-Identifier: Apache-2.0

import HubLink
import Logging

extension HubServer {
    /// Says why a link ended.
    func report(_ link: LinkID, _ end: WorkerLink.End) {
        let metadata: Logger.Metadata = ["link": "\(link.rawValue)"]
        switch end {
        case .closedByWorker:
            logger.debug("a worker closed its link", metadata: metadata)
        case .failed(let error):
            logger.info(
                "a worker's link failed",
                metadata: metadata.merging(["error": "\(error)"]) { $1 }
            )
        case .malformed(let error):
            figures.linkErrors += 1
            logger.error(
                "a worker's bytes are no message",
                metadata: metadata.merging(["error": "\(error)"]) { $1 }
            )
        case .slow(let byteCount):
            figures.linkErrors += 1
            logger.warning(
                "a worker does not read; cut off",
                metadata: metadata.merging(["unsent_bytes": "\(byteCount)"]) { $1 }
            )
        case .fault(let fault):
            figures.linkErrors += 1
            logger.error(
                "a worker broke the link's rules",
                metadata: metadata.merging(["fault": "\(fault.rawValue)"]) { $1 }
            )
        }
    }
}
