// SPDX-License-Identifier: Apache-2.0

/// A plugin as far as the supervisor has to know it: it loads none.
package struct SupervisedPlugin: Hashable, Sendable {
    /// `[a-z][a-z0-9-]{0,31}`.
    package var name: String
    /// The library's path, to look up the function in which a worker died.
    package var library: String
    /// The library's file, as `File.identity` tells it; empty when it could not be looked at.
    package var libraryIdentity: String
    /// All that the manifest says of it, in some form that is the same for the same manifest.
    ///
    /// A plugin in quarantine gets another chance once this or its library has changed.
    package var manifest: String
    /// So many deaths of workers within the window put it into quarantine.
    package var quarantineDeaths: Int
    package var quarantineWindow: Duration

    package init(
        name: String,
        library: String,
        libraryIdentity: String,
        manifest: String,
        quarantineDeaths: Int,
        quarantineWindow: Duration
    ) {
        self.name = name
        self.library = library
        self.libraryIdentity = libraryIdentity
        self.manifest = manifest
        self.quarantineDeaths = quarantineDeaths
        self.quarantineWindow = quarantineWindow
    }
}
