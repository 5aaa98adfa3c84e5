// SPDX-License-Identifier: Apache-2.0

import Live
import Manifest

extension LiveLimits {
    init(configuration: Configuration) {
        self.init()
        maximumCommentLength = configuration.comments.maximumLength
        maximumTitleLength = configuration.live.maximumTitleLength
        maximumMetaByteCount = configuration.live.maximumMetaByteCount
        maximumSlowSeconds = configuration.comments.maximumSlowMode.wholeSeconds
        maximumTimeoutSeconds = configuration.comments.maximumTimeout.wholeSeconds
        maximumListLimit = configuration.live.maximumListLimit
    }
}
