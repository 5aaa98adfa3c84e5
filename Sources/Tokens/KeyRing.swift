// SPDX-License-Identifier: Apache-2.0

/// The keys that tokens are held against: those of the manifest, and those that a server gave.
struct KeyRing {
    let own: [VerificationKey]
    /// Replaced as a whole whenever the set was fetched: a key that is gone from it is gone.
    var fetched: [VerificationKey] = []

    /// The keys that may have signed a token with this header, by their name and their algorithm.
    ///
    /// A token that names its key is held against the keys of that name; one that names none, or
    /// where there is no such name, against those without a name (and a token without, against all).
    func candidates(for header: TokenHeader) throws(TokenError) -> [VerificationKey] {
        let all = own + fetched
        guard let kid = header.keyIdentifier else { return try fitting(all, header.algorithm) }
        let named = all.filter { $0.identifier == kid }
        if !named.isEmpty { return try fitting(named, header.algorithm) }
        let nameless = all.filter {
            $0.identifier == nil && $0.algorithm.rawValue == header.algorithm
        }
        guard !nameless.isEmpty else { throw .unknownKey }
        return nameless
    }

    private func fitting(
        _ keys: [VerificationKey],
        _ algorithm: String
    ) throws(TokenError) -> [VerificationKey] {
        let fitting = keys.filter { $0.algorithm.rawValue == algorithm }
        guard !fitting.isEmpty else { throw .algorithmNotAllowed }
        return fitting
    }
}
