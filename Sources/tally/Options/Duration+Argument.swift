// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Manifest

/// A duration on the command line, in the notation of the manifest.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        guard let duration = DurationNotation.parse(argument) else { return nil }
        self.duration = duration
    }

    var defaultValueDescription: String { DurationNotation.text(of: duration) }
}
