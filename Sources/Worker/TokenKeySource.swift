// SPDX-License-Identifier: Apache-2.0

import Fetch
import Logging
import Manifest
import Reactor
import StatusPage
import Tokens

/// Keeps the verifier's fetched keys what `tokens.jwks_url` says, and a copy for the next start.
///
/// The set is fetched at the start, then every `jwks_refresh_interval`, and when a token names a key
/// that is unknown, then at most every `jwks_minimum_interval`: whoever invents names must not make
/// this worker knock at the issuer's door.
final class TokenKeySource {
    private let url: String
    private let settings: TokenSettings
    private let cachePath: String
    private let verifier: TokenVerifier
    private let loop: EventLoop
    private let fetcher: HTTPSFetcher
    private let status: StatusSlot
    private let logger: Logger
    private var isFetching = false
    private var lastAttempt: MonotonicTime?
    private var timer: TimerID?

    /// nil where the manifest names no address.
    init?(
        _ settings: TokenSettings,
        dataFolder: String,
        verifier: TokenVerifier,
        loop: EventLoop,
        status: StatusSlot,
        logger: Logger
    ) {
        guard !settings.jwksURL.isEmpty else { return nil }
        url = settings.jwksURL
        self.settings = settings
        cachePath = dataFolder + "/jwks.json"
        self.verifier = verifier
        self.loop = loop
        self.status = status
        self.logger = logger
        fetcher = HTTPSFetcher(
            loop: loop,
            limits: HTTPSFetcher.Limits(maximumByteCount: TokenLimit.keyDocument),
            certificateAuthorities: settings.jwksCAFile.isEmpty ? nil : settings.jwksCAFile
        )
    }

    /// Takes the copy of the last time, so that an issuer that is down keeps nobody out, and fetches.
    func start() {
        if let file = try? File.open(cachePath, for: .reading),
            let bytes = try? File.read(file, maximumByteCount: TokenLimit.keyDocument),
            let keys = try? KeyDocument.read(bytes)
        {
            verifier.replaceFetchedKeys(with: keys)
        }
        fetch()
    }

    /// Someone came with a key that is unknown; answers whether it is worth coming again.
    func keyIsMissing() -> Bool {
        if isFetching { return true }
        if let lastAttempt, loop.now - lastAttempt < settings.jwksMinimumInterval { return false }
        fetch()
        return true
    }

    private func fetch() {
        isFetching = true
        lastAttempt = loop.now
        if let timer { loop.cancel(timer) }
        timer = loop.schedule(after: settings.jwksRefreshInterval) { [weak self] in
            guard let self, !isFetching else { return }
            fetch()
        }
        fetcher.get(url) { [weak self] result in self?.fetched(result) }
    }

    private func fetched(_ result: Result<[UInt8], FetchError>) {
        isFetching = false
        do {
            let bytes = try result.get()
            let keys = try KeyDocument.read(bytes)
            verifier.replaceFetchedKeys(with: keys)
            status.add(.keySetsFetched)
            keepCopy(bytes)
        } catch {
            // The keys that there are stay: an issuer's bad minute is no reason to turn all away.
            status.add(.keySetFetchErrors)
            logger.warning(
                "cannot fetch the keys for tokens; those known stay",
                metadata: ["error": "\(error)"]
            )
        }
    }

    /// Every worker writes the same; each whole, under a name of its own first.
    private func keepCopy(_ bytes: [UInt8]) {
        let draft = "\(cachePath).\(OwnProcess.identifier)"
        do throws(SystemError) {
            try File.write(File.open(draft, for: .replacing), bytes)
            try File.rename(draft, to: cachePath)
        } catch {
            logger.warning(
                "cannot keep a copy of the keys for tokens",
                metadata: ["error": "\(error)"]
            )
        }
    }
}
