// SPDX-License-Identifier: Apache-2.0

public import TallyPlugin
import WordFilter

/// The one symbol that Tally looks for.
@c(tally_plugin)
public func tallyPlugin() -> PluginDescriptor {
    unsafe WordFilterPlugin.descriptor
}
