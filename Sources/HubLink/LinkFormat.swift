// SPDX-License-Identifier: Apache-2.0

/// The form of all that a worker and the hub tell each other.
///
/// Both ends are the same program except during an upgrade: workers are replaced first, and those speak
/// with the old hub until it is replaced too. So an upgrade to a program of another form is refused.
package enum LinkFormat {
    /// Raised with every change to how any message is encoded, or what it means; a test holds it.
    package static let current = 2
}
