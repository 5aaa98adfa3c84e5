// SPDX-License-Identifier: Apache-2.0

package import Channels

extension Configuration {
    /// The rules of every channel, as workers and hub both read them.
    package var channelRules: ChannelRules {
        ChannelRules(
            live: .live(historySize: live.historySize, historyLifetime: live.historyLifetime),
            user: userChannels ? .user : nil,
            feeds: channels
        )
    }
}
