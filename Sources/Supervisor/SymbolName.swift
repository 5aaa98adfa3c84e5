// SPDX-License-Identifier: Apache-2.0

import CFault
import Glibc

/// A linker's name of a function, as its author wrote it.
enum SymbolName {
    /// Swift's are demangled; all others stay as they are.
    static func readable(_ name: String) -> String {
        guard name.hasPrefix("$s") else { return name }
        // What it returns was allocated with malloc(3), or is NULL for what it cannot read.
        guard let text = unsafe swift_demangle(name, name.utf8.count, nil, nil, 0) else {
            return name
        }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}
