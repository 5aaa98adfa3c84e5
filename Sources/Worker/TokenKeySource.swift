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
    /// Sets that were fetched so far.
    private var fetchCount = 0
    private var missing = MissingKeys()

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

    /// Someone came with a key that is unknown.
    ///
    /// Coming again is worth it until the set was asked for once after the first attempt: a key that is not in it then is none.
    ///
    /// - Parameter header: The token's first part, which names the key.
    /// - Returns: whether it is worth coming again.
    func mayComeAgain(with header: Substring.UTF8View) -> Bool {
        guard missing.mayCome(Array(header), fetchCount: fetchCount, isFetching: isFetching) else {
            return false
        }
        guard !isFetching else { return true }
        let passed = lastAttempt.map { loop.now - $0 } ?? settings.jwksMinimumInterval
        let wait = settings.jwksMinimumInterval - passed
        wait > .zero ? fetch(after: wait) : fetch()
        return true
    }

    private func fetch() {
        isFetching = true
        lastAttempt = loop.now
        fetch(after: settings.jwksRefreshInterval)
        fetcher.get(url) { [weak self] result in self?.fetched(result) }
    }

    /// Instead of the time that was set before.
    private func fetch(after delay: Duration) {
        if let timer { loop.cancel(timer) }
        timer = loop.schedule(after: delay) { [weak self] in
            guard let self, !isFetching else { return }
            fetch()
        }
    }

    private func fetched(_ result: Result<[UInt8], FetchError>) {
        isFetching = false
        do {
            let bytes = try result.get()
            let keys = try KeyDocument.read(bytes)
            verifier.replaceFetchedKeys(with: keys)
            fetchCount += 1
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
