// SPDX-License-Identifier: Apache-2.0

/// Names one connection for as long as its process lives.
///
/// A slot of the table is used again, its generation is not: an id that is kept too long finds
/// nothing instead of somebody else.
package struct ConnectionID: Hashable, Sendable {
    package let slot: UInt32
    package let generation: UInt32
}
