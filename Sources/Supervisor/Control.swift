// SPDX-License-Identifier: Apache-2.0

import Reactor

/// The supervisor's end of a worker's control socket, kept for the worker's successors.
///
/// The supervisor itself neither reads nor writes it.
final class Control {
    let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }
}
