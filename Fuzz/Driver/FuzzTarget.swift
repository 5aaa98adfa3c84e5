// SPDX-License-Identifier: Apache-2.0

/// A parser, and what must hold of it whatever it is given.
///
/// Beside "it does not crash" a target checks with `precondition` what the parser promises: that pieces
/// mean the same as the whole, that what was decoded and encoded again is the same.
protocol FuzzTarget: SendableMetatype {
    /// As in `tally-fuzz NAME` and `Fuzz/Corpus/NAME`.
    static var name: String { get }
    /// Inputs to begin with, so that the fuzzer need not invent the format.
    static var seeds: [[UInt8]] { get }
    static func run(_ bytes: [UInt8])
}

extension FuzzTarget {
    static var seeds: [[UInt8]] { [] }

    static func texts(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }
}

/// Where to cut an input in two, taken from the input: the same input is always cut alike.
func cut(_ bytes: [UInt8]) -> Int {
    bytes.isEmpty ? 0 : Int(bytes.reduce(0 as UInt32) { $0 &* 31 &+ UInt32($1) }) % bytes.count
}
