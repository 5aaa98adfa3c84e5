// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// One set of rules for every target: Swift 6, fenced `unsafe`, no warning survives.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, swiftSettings: settings)
}

/// The same for C: what the compiler can warn of is an error.
let cSettings: [CSetting] = [
    .define("_GNU_SOURCE"),
    .treatAllWarnings(as: .error),
    .enableWarning("all"),
    .enableWarning("extra"),
    .enableWarning("shadow"),
    .enableWarning("conversion"),
    .enableWarning("missing-prototypes"),
]

/// SwiftPM links libraries in C by the Swift compiler, too, which adds a start-up object and, for it,
/// Swift's runtime: a plugin in C would need Swift on the machine that it serves on.
let cPluginLinking: [LinkerSetting] = [.unsafeFlags(["-nostartfiles", "-static-stdlib"])]

/// A bundled plugin in C: its code, which tests can link, and the library with its one symbol.
func plugin(_ name: String, _ dependencies: [Target.Dependency]) -> [Target] {
    let folder = "Plugins/" + name
    return [
        .target(
            name: name,
            dependencies: ["CTallyPlugin", "CJansson"] + dependencies,
            path: folder,
            exclude: ["Entry"],
            cSettings: cSettings
        ),
        .target(
            name: name + "Entry",
            dependencies: [.target(name: name)],
            path: folder + "/Entry",
            publicHeadersPath: ".",
            cSettings: cSettings,
            linkerSettings: cPluginLinking
        ),
    ]
}

/// A Swift plugin brings a Swift runtime of its own and shows nothing but its one symbol, so that it gets
/// on with Tally's, however that is linked: docs/decisions/0008-swift-plugins.md.
let swiftPluginLinking: [LinkerSetting] = [
    .unsafeFlags([
        "-static-stdlib", "-Xlinker", "-Bsymbolic",
        "-Xlinker", "--version-script=\(Context.packageDirectory)/Plugins/exports.map",
    ])
]

let package = Package(
    name: "tally",
    products: [
        .executable(name: "tally", targets: ["tally"]),
        // For authors of plugins in Swift.
        .library(name: "TallyPlugin", targets: ["TallyPlugin"]),
        .library(name: "TallyPluginTesting", targets: ["TallyPluginTesting"]),
        // Bundled plugins, each under the name that its manifest knows it by.
        .library(name: "crash-test", type: .dynamic, targets: ["CrashTestEntry"]),
        .library(name: "example-c", type: .dynamic, targets: ["ExampleC"]),
        .library(name: "media-nginx-rtmp", type: .dynamic, targets: ["MediaNginxRTMPEntry"]),
        .library(name: "word-filter", type: .dynamic, targets: ["WordFilterEntry"]),
        .library(name: "webhook", type: .dynamic, targets: ["WebhookEntry"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Fences: the only places that touch the kernel and C libraries.
        .target(name: "CLinux"),
        .systemLibrary(
            name: "CJansson",
            pkgConfig: "jansson",
            providers: [.apt(["libjansson-dev"])]
        ),
        .systemLibrary(name: "CJose", pkgConfig: "jose", providers: [.apt(["libjose-dev"])]),
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"])]
        ),
        .systemLibrary(
            name: "CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),
        module("Digests", ["COpenSSL"]),
        module("Fetch", ["CCurl", "Reactor"]),
        .systemLibrary(
            name: "CSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]
        ),
        module("SQLite", ["CSQLite"]),
        .systemLibrary(
            name: "CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]
        ),
        module("Compression", ["CZlib"]),
        module("Reactor", ["CLinux"]),
        module("TLS", ["COpenSSL", "Reactor"]),
        module("JSON", ["CJansson"]),
        .target(name: "CFault"),
        module("StatusPage", ["CFault", "CLinux", "Hooks", "Reactor"]),
        // What plugins are written against: one header.
        .target(name: "CTallyPlugin", dependencies: ["CJansson"]),
        module("TallyPlugin", ["CTallyPlugin", "CJansson"]),
        module("TallyPluginTesting", ["TallyPlugin", "CTallyPlugin", "CJansson"]),
        .target(name: "CTallyPluginTesting", dependencies: ["CTallyPlugin"]),
        .target(name: "CPluginTemplates", exclude: ["Templates"]),
        module("PluginTemplates", ["CPluginTemplates"]),
        .target(
            name: "ExampleC",
            dependencies: ["CTallyPlugin"],
            path: "Plugins/ExampleC",
            publicHeadersPath: ".",
            linkerSettings: cPluginLinking
        ),
        .target(
            name: "CWordFilter",
            path: "Plugins/WordFilter/CWordFilter",
            linkerSettings: [.linkedLibrary("icui18n"), .linkedLibrary("icuuc")]
        ),
        .target(
            name: "WordFilter",
            dependencies: ["TallyPlugin", "CWordFilter"],
            path: "Plugins/WordFilter/WordFilter",
            swiftSettings: settings
        ),
        .target(
            name: "WordFilterEntry",
            dependencies: ["TallyPlugin", "WordFilter"],
            path: "Plugins/WordFilter/Entry",
            swiftSettings: settings,
            linkerSettings: swiftPluginLinking
        ),
        module("Tokens", ["CJose", "CJansson", "COpenSSL", "JSON", "Channels"]),
        module("Manifest", ["Channels", "Hooks", "JSON", "Reactor", yams]),

        .target(name: "AddressRanges", path: "Plugins/AddressRanges", cSettings: cSettings),

        // Pure: bytes or events in, actions out.
        module("Hooks"),
        module("HTTP"),
        module("WebSocket", ["HTTP"]),
        module("Channels"),
        module("ClientProtocol", ["Channels", "JSON"]),
        module("Live", ["Channels", "ClientProtocol", "JSON"]),
        module("HubLink", ["Channels", "ClientProtocol", "Live"]),

        // What outlives the hub.
        module("Journal", ["SQLite", "Reactor", "JSON", "Channels", "Live"]),

        // What runs plugins in a worker.
        .target(name: "CPluginHost", dependencies: ["CTallyPlugin"]),
        .target(name: "CSettingsSchema"),
        module(
            "PluginHost",
            [
                "CTallyPlugin", "CPluginHost", "CSettingsSchema", "CJansson", "Hooks", "JSON",
                "Manifest", "Reactor", "StatusPage", logging,
            ]
        ),

        // Sockets that speak the protocols above.
        module("WebServer", ["Reactor", "TLS", "HTTP", "WebSocket", "Digests", "Compression"]),
        module(
            "Client",
            [
                "Reactor", "TLS", "HTTP", "WebSocket", "Digests", "JSON", "ClientProtocol",
                "Channels",
            ]
        ),
        module(
            "Bench",
            [
                "Client", "ClientProtocol", "TLS", "Channels", "Compression", "Digests", "HTTP",
                "JSON", "Reactor", "StatusPage", "WebSocket", histogram,
            ]
        ),
        .target(
            name: "StudioPage",
            resources: [.embedInCode("Resources")],
            swiftSettings: settings
        ),

        // Roles.
        module(
            "Supervisor",
            ["CFault", "Hooks", "HubLink", "JSON", "Reactor", "StatusPage", logging]
        ),
        module(
            "Hub",
            [
                "Reactor", "HubLink", "Channels", "ClientProtocol", "Live", "JSON", "Journal",
                "Manifest", "StatusPage", logging,
            ]
        ),
        module(
            "Worker",
            [
                "Reactor", "WebServer", "HTTP", "WebSocket", "JSON", "ClientProtocol", "HubLink",
                "Channels", "Live", "Tokens", "Fetch", "Manifest", "Hooks", "PluginHost",
                "StatusPage",
                "StudioPage", "TLS", logging,
            ]
        ),
        .executableTarget(
            name: "tally",
            dependencies: [
                "Bench", "Digests", "Hooks", "PluginHost", "Supervisor", "Hub", "Worker", "Client",
                "WebServer",
                "HTTP",
                "WebSocket",
                "Reactor", "Manifest", "Journal", "PluginTemplates",
                "Tokens", "Fetch", "StatusPage", "JSON", "ClientProtocol", "Channels",
                "TLS", argumentParser,
                logging,
            ],
            swiftSettings: settings
        ),

        .executableTarget(
            name: "JournalBenchmark",
            dependencies: [
                "Hub", "HubLink", "Journal", "Channels", "Live", "Manifest", "Reactor",
            ],
            path: "Benchmarks/Journal",
            swiftSettings: settings
        ),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        tests("Reactor", ["Reactor"]),
        tests("TLS", ["TLS", "COpenSSL", "Reactor", "TestSupport"]),
        tests("JSON", ["JSON", "TestSupport"]),
        tests("StatusPage", ["StatusPage", "Hooks", "Reactor"]),
        tests("TallyPlugin", ["TallyPlugin", "TallyPluginTesting"]),
        tests("WordFilter", ["WordFilter", "TallyPlugin", "TallyPluginTesting"]),
        tests("PluginTemplates", ["PluginTemplates", "CPluginTemplates"]),
        .testTarget(
            name: "ExampleCTests",
            dependencies: ["CTallyPluginTesting"],
            exclude: ["example_c_test.c"],
            swiftSettings: settings
        ),
        tests("Tokens", ["Tokens", "JSON", "Channels", "TestSupport"]),
        tests("Manifest", ["Manifest", "Channels", "Hooks", "StatusPage", "TestSupport"]),
        tests("Digests", ["Digests"]),
        tests("Fetch", ["Fetch"]),
        .testTarget(
            name: "PluginHostTests",
            dependencies: [
                "PluginHost", "Hooks", "JSON", "Manifest", "Reactor", "TestSupport", logging,
            ],
            exclude: ["Fixtures"],
            swiftSettings: settings
        ),
        tests("HTTP", ["HTTP", "TestSupport"]),
        tests("WebSocket", ["WebSocket", "HTTP", "TestSupport"]),
        tests("StudioPage", ["StudioPage"]),
        tests("Channels", ["Channels"]),
        tests("Live", ["Live", "ClientProtocol", "Channels", "JSON"]),
        tests("ClientProtocol", ["ClientProtocol", "Channels", "JSON", "TestSupport"]),
        tests("ProtocolDocument", ["ClientProtocol", "Live", "Tokens", "Channels"]),
        tests("Journal", ["Journal", "SQLite", "Channels", "Live", "TestSupport"]),
        tests("HubLink", ["HubLink", "Channels", "ClientProtocol", "Live", "TestSupport"]),
        tests("Compression", ["Compression", "TestSupport"]),
        tests(
            "WebServer",
            [
                "WebServer", "Reactor", "TLS", "HTTP", "WebSocket", "Digests", "Compression",
                "TestSupport",
            ]
        ),
        .executableTarget(
            name: "SupervisorHarness",
            dependencies: ["CrashTest", "Hooks", "Supervisor", "Reactor", "StatusPage", logging],
            path: "Tests/SupervisorHarness",
            swiftSettings: settings
        ),
        tests(
            "Supervisor",
            ["Supervisor", "SupervisorHarness", "Hooks", "HubLink", "Reactor", "StatusPage"]
        ),
        tests(
            "Hub",
            [
                "Hub", "HubLink", "Journal", "Channels", "ClientProtocol", "Live", "JSON",
                "Manifest",
                "Reactor", logging, "TestSupport",
            ]
        ),
        tests(
            "Client",
            [
                "Client", "Reactor", "TLS", "JSON", "ClientProtocol", "Channels", "WebServer",
                "HTTP",
                "WebSocket",
            ]
        ),
        tests(
            "Worker",
            [
                "Worker", "Channels", "ClientProtocol", "HubLink", "HTTP", "Live", "Manifest",
                "Reactor",
                "TestSupport", "Tokens", "WebServer",
            ]
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "tally", "Client", "Hooks", "Reactor", "TLS", "JSON", "StatusPage", "Tokens",
                "ClientProtocol", "Channels", "TestSupport",
            ],
            exclude: ["Fixtures"],
            swiftSettings: settings
        ),
        tests("CommandLine", ["tally", "Tokens", "Channels", "TestSupport"]),

        // Breaks a running Tally at random, and checks its promises: `make chaos`.
        .target(name: "ChaosChecker", path: "Tests/ChaosChecker", swiftSettings: settings),
        .executableTarget(
            name: "tally-chaos",
            dependencies: [
                "ChaosChecker", "Client", "ClientProtocol", "Channels", "JSON", "Reactor",
                "StatusPage", "TestSupport", "Tokens", argumentParser,
            ],
            path: "Tests/Chaos",
            swiftSettings: settings
        ),
        tests("ChaosChecker", ["ChaosChecker"]),
        tests("Bench", ["Bench", "Reactor", "WebSocket"]),
        tests("Chaos", ["tally", "tally-chaos"]),
        tests("AddressRanges", ["AddressRanges"]),
        tests("MediaNginxRTMP", ["MediaNginxRTMP"]),
        tests("Webhook", ["Webhook", "CTallyPlugin"]),
    ]
        + plugin("CrashTest", [])
        + plugin("MediaNginxRTMP", ["AddressRanges", "CCurl", "COpenSSL"])
        + plugin("Webhook", ["AddressRanges", "CCurl", "COpenSSL"]),
    cxxLanguageStandard: .cxx17
)

// libFuzzer watches every branch of what it runs, so the whole package is built for it: `make fuzz`.
if Context.environment["TALLY_FUZZ"] != nil {
    package.targets += [
        .target(name: "CFuzzer", path: "Fuzz/CFuzzer"),
        .executableTarget(
            name: "tally-fuzz",
            dependencies: [
                "CFuzzer", "HTTP", "WebSocket", "ClientProtocol", "JSON", "Live", "Tokens",
                "Manifest", "HubLink", "Worker", "Journal", "Channels", "Reactor", "Compression",
                "SQLite", "WebServer",
            ],
            path: "Fuzz",
            exclude: ["CFuzzer", "Corpus", "run.sh", "coverage.sh", "minimize.sh"],
            sources: ["Driver", "Targets"],
            swiftSettings: settings
        ),
    ]
}
