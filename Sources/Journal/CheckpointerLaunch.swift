// SPDX-License-Identifier: Apache-2.0

/// What the hub hands to the checkpointer that it starts, as arguments of the hidden subcommand:
/// `tally checkpointer parent=814 link=12 data=/var/lib/tally`.
package struct CheckpointerLaunch: Hashable, Sendable {
    package static let subcommand = "checkpointer"

    /// The hub's process id; a checkpointer whose parent is somebody else ends.
    package let parent: Int32
    /// Its end of the socket pair over which the hub asks.
    package let link: Int32
    package let dataFolder: String

    package init(parent: Int32, link: Int32, dataFolder: String) {
        self.parent = parent
        self.link = link
        self.dataFolder = dataFolder
    }

    /// The command line after the program's name.
    package var arguments: [String] {
        [Self.subcommand, "parent=\(parent)", "link=\(link)", "data=\(dataFolder)"]
    }

    /// Reads what `arguments` wrote, without the subcommand; nil: it was started by hand.
    package init?(arguments: [String]) {
        func value(_ name: String, _ index: Int) -> Substring? {
            guard arguments.count == 3, arguments[index].hasPrefix(name + "=") else { return nil }
            return arguments[index].dropFirst(name.count + 1)
        }
        guard let parent = value("parent", 0).flatMap({ Int32($0) }), parent > 0,
            let link = value("link", 1).flatMap({ Int32($0) }), link > 2,
            let folder = value("data", 2), !folder.isEmpty
        else { return nil }
        self.init(parent: parent, link: link, dataFolder: String(folder))
    }
}
