// SPDX-License-Identifier: Apache-2.0

import Manifest

enum Serving {
    static func run(_ configuration: Configuration) throws {
    }
}
