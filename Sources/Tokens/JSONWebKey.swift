// SPDX-License-Identifier: Apache-2.0

import JSON

/// One key of a JSON Web Key Set (RFC 7517 §4), read as far as tokens need it.
enum JSONWebKey {
    /// What libjose gets to see of each type of key: public members, nothing else.
    private static let rsaMembers = ["n", "e"]
    private static let curveMembers = ["x", "y"]

    /// Makes a key of it, whose algorithm comes from the key alone.
    ///
    /// Where its `alg` is missing its type tells: RSA means RS256, since RFC 7518 names that first and most
    /// issuers mean it.
    ///
    /// - Returns: nil for a key that is for something else: another `use`, a symmetric key.
    /// - Throws: `KeyError` for one that should do and does not.
    static func read(_ value: JSONValue) throws(KeyError) -> VerificationKey? {
        guard value.isObject, let type = value["kty"]?.string else { throw .malformed }
        // Whoever can read the set could sign with a secret in it.
        guard type != "oct" else { return nil }
        if let use = value["use"]?.string, use != "sig" { return nil }
        if let operations = value["key_ops"]?.elements, !operations.isEmpty,
            !operations.contains(where: { $0.string == "verify" })
        {
            return nil
        }
        guard value["d"] == nil else { throw .privateKey }
        let identifier = try identifier(of: value)
        let named = value["alg"]?.string
        switch type {
        case "RSA":
            let algorithm = try algorithm(named, among: [.rs256, .ps256])
            try checkModulus(of: value)
            return try jose(value, type, rsaMembers, [], algorithm, identifier)
        case "EC":
            guard value["crv"]?.string == "P-256" else {
                throw .unsupported("curve \(printable(value["crv"]?.string))")
            }
            let algorithm = try algorithm(named, among: [.es256])
            return try jose(value, type, curveMembers, [("crv", "P-256")], algorithm, identifier)
        case "OKP":
            guard value["crv"]?.string == "Ed25519" else {
                throw .unsupported("curve \(printable(value["crv"]?.string))")
            }
            _ = try algorithm(named, among: [.edDSA])
            guard let bytes = value["x"]?.string.flatMap(Base64URL.decode),
                let key = Ed25519Key(bytes)
            else { throw .malformed }
            return VerificationKey(identifier: identifier, key)
        default:
            throw .unsupported("key type \(printable(type))")
        }
    }

    private static func identifier(of value: JSONValue) throws(KeyError) -> String? {
        guard let kid = value["kid"] else { return nil }
        guard let text = kid.string, text.utf8.count <= TokenLimit.name else { throw .malformed }
        return text
    }

    private static func algorithm(
        _ named: String?,
        among possible: [SignatureAlgorithm]
    ) throws(KeyError) -> SignatureAlgorithm {
        guard let named else { return possible[0] }
        guard let algorithm = possible.first(where: { $0.rawValue == named }) else {
            throw .unsupported("algorithm \(printable(named))")
        }
        return algorithm
    }

    /// A short modulus can be factored; a long one, or a long exponent, makes each check slow.
    private static func checkModulus(of value: JSONValue) throws(KeyError) {
        guard let modulus = value["n"]?.string.flatMap(Base64URL.decode),
            let exponent = value["e"]?.string.flatMap(Base64URL.decode)
        else { throw .malformed }
        let bits = bitCount(of: modulus)
        guard TokenLimit.rsaBits.contains(bits) else {
            throw .unsupported("RSA of \(bits) bits")
        }
        guard (2...TokenLimit.longestExponentBits).contains(bitCount(of: exponent)),
            exponent.last.map({ $0 & 1 == 1 }) == true
        else { throw .unsupported("this RSA exponent") }
    }

    private static func bitCount(of number: [UInt8]) -> Int {
        guard let first = number.firstIndex(where: { $0 != 0 }) else { return 0 }
        return (number.count - first) * 8 - number[first].leadingZeroBitCount
    }

    private static func jose(
        _ value: JSONValue,
        _ type: String,
        _ members: [String],
        _ fixed: [(String, String)],
        _ algorithm: SignatureAlgorithm,
        _ identifier: String?
    ) throws(KeyError) -> VerificationKey {
        var all = [("kty", type)] + fixed
        for member in members {
            guard let text = value[member]?.string else { throw .malformed }
            all.append((member, text))
        }
        guard let key = JoseKey(all, for: algorithm), key.isWellFormed else { throw .malformed }
        return VerificationKey(identifier: identifier, key)
    }

    /// A foreign word as it may stand in an error: short, without control characters.
    private static func printable(_ word: String?) -> String {
        guard let word else { return "(none)" }
        return String(
            String.UnicodeScalarView(word.unicodeScalars.prefix(32).filter { $0.value > 0x1F })
        )
    }
}
