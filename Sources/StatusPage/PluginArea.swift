// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// One process's part of the file `plugins`.
final class PluginArea {
    private let memory: SharedMemory
    private let numbers: Set<Int>

    /// `numbers`: the plugins for which the supervisor took room.
    init(
        _ file: borrowing Descriptor,
        slot: Int,
        numbers: Set<Int>
    ) throws(SystemError) {
        memory = try SharedMemory(
            mapping: file.raw,
            wordOffset: PluginLayout.areaOffset(slot),
            wordCount: PluginLayout.areaWordCount
        )
        self.numbers = numbers
        for number in numbers { figures(of: number)?.forgetPredecessor() }
    }

    func figures(of plugin: Int) -> PluginFigures? {
        guard numbers.contains(plugin) else { return nil }
        return PluginFigures(memory, offset: plugin * PluginLayout.blockWordCount)
    }
}

extension StatusSlot {
    /// Counts what plugins do from here on, in this page's part for the slot.
    ///
    /// The supervisor took the room for them before, with `PluginPage.allocate`.
    package func countPlugins(
        in page: PluginPage,
        slot number: Int,
        plugins: [Int]
    ) throws(SystemError) {
        try page.attach(to: self, number: number, plugins: plugins)
    }
}
