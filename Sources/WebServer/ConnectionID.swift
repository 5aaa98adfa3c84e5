// SPDX-License-Identifier: Apache-2.0

/// Names one connection for as long as its process lives.
///
/// A slot of the table is used again, its generation is not: an id that is kept too long finds
/// nothing instead of somebody else.
package struct ConnectionID: Hashable, Sendable {
    package let slot: UInt32
    package let generation: UInt32

    package init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    /// No connection's.
    package static let none = ConnectionID(slot: .max, generation: 0)
}
