// SPDX-License-Identifier: Apache-2.0

/// Says what `--demo` opens, so that nobody serves the world with it by mistake.
enum DemoNotice {
    static func show() {
        Console.complain(
            """
            *****************************************************************************
            *  DEMO. Anyone who reaches this address may watch, and anyone on this      *
            *  machine gets a token to start streams and to moderate, for the asking.   *
            *  Do not serve the world with --demo.                                      *
            *****************************************************************************
            """
        )
    }
}
