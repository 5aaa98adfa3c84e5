// SPDX-License-Identifier: Apache-2.0

package import JSON

/// One publication, as a client sees it.
package struct Publication {
    package let data: JSONValue
    /// 0: not in history; only the newest of its kind matters.
    package let offset: UInt64
    /// The publisher's `ClientInfo`, where the server says who it was.
    package let info: JSONValue?
    /// The whole object, with the members that have no property here.
    package let object: JSONValue

    package init(_ object: JSONValue) {
        self.object = object
        data = object["data"] ?? object
        offset = object["offset"]?.integer.flatMap { UInt64(exactly: $0) } ?? 0
        info = object["info"]
    }
}
