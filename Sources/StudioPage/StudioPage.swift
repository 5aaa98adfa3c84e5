// SPDX-License-Identifier: Apache-2.0

/// The page at `/`, embedded in the binary: no build step, no file to find at run time.
///
/// The page and everything that it loads come from here; it asks nothing of any other host, so the
/// strict `contentSecurityPolicy` holds for it.
package enum StudioPage {
    /// What a browser may do on the page: run the page's own modules and talk to this server.
    ///
    /// Trusted Types are required, so that no code of the page can turn text into markup (W3C
    /// Trusted Types §4).
    package static let contentSecurityPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
        connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
        require-trusted-types-for 'script'; trusted-types 'none'
        """

    /// The file at a request's path, without its query; nil where the page has none.
    package static func file(at path: String) -> StudioFile? {
        files[path]
    }

    /// Every path that the page answers, for tests and for a list of routes.
    package static var paths: [String] { files.keys.sorted() }

    private static let files: [String: StudioFile] = [
        "/": StudioFile(.html, PackageResources.index_html),
        "/page/studio.css": StudioFile(.css, PackageResources.studio_css),
        "/page/favicon.svg": StudioFile(.svg, PackageResources.favicon_svg),
        "/page/main.js": StudioFile(.javaScript, PackageResources.main_js),
        "/page/tally-client.js": StudioFile(.javaScript, PackageResources.tally_client_js),
        "/page/subscription.js": StudioFile(.javaScript, PackageResources.subscription_js),
        "/page/outbox.js": StudioFile(.javaScript, PackageResources.outbox_js),
        "/page/tally-error.js": StudioFile(.javaScript, PackageResources.tally_error_js),
        "/page/stream-model.js": StudioFile(.javaScript, PackageResources.stream_model_js),
        "/page/identity.js": StudioFile(.javaScript, PackageResources.identity_js),
        "/page/half.js": StudioFile(.javaScript, PackageResources.half_js),
        "/page/studio-half.js": StudioFile(.javaScript, PackageResources.studio_half_js),
        "/page/viewer-half.js": StudioFile(.javaScript, PackageResources.viewer_half_js),
        "/page/comment-list.js": StudioFile(.javaScript, PackageResources.comment_list_js),
        "/page/format.js": StudioFile(.javaScript, PackageResources.format_js),
    ]
}
