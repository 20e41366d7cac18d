// swift-tools-version: 6.2
import PackageDescription

// The layers of ARCHITECTURE.md, from bottom to top. A target can import only the modules in its `dependencies`:
// `scripts/test` builds with `--explicit-target-dependency-import-check error`.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

extension Target.Dependency {
    static let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
    static let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
    static let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
    static let nioTLS = Target.Dependency.product(
        name: "NIOTLS",
        package: "swift-nio",
        condition: .when(traits: ["TLS"])
    )
    static let nioSSL = Target.Dependency.product(
        name: "NIOSSL",
        package: "swift-nio-ssl",
        condition: .when(traits: ["TLS"])
    )
    static let nioHTTP2 = Target.Dependency.product(
        name: "NIOHTTP2",
        package: "swift-nio-http2",
        condition: .when(traits: ["TLS"])
    )
    static let nioHPACK = Target.Dependency.product(
        name: "NIOHPACK",
        package: "swift-nio-http2",
        condition: .when(traits: ["TLS"])
    )
    static let grdb = Target.Dependency.product(
        name: "GRDB",
        package: "GRDB.swift",
        condition: .when(traits: ["SQLite"])
    )
    static let jwtKit = Target.Dependency.product(
        name: "JWTKit",
        package: "jwt-kit",
        condition: .when(traits: ["JWT"])
    )
    static let tracing = Target.Dependency.product(
        name: "Tracing",
        package: "swift-distributed-tracing",
        condition: .when(traits: ["Tracing"])
    )
    static let inMemoryTracing = Target.Dependency.product(
        name: "InMemoryTracing",
        package: "swift-distributed-tracing",
        condition: .when(traits: ["Tracing"])
    )
    static let configuration = Target.Dependency.product(
        name: "Configuration",
        package: "swift-configuration",
        condition: .when(traits: ["Configuration"])
    )
    static let yams = Target.Dependency.product(
        name: "Yams",
        package: "Yams",
        condition: .when(traits: ["Configuration"])
    )
    static let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
    static let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
    static let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
    static let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
    static let inMemoryLogging = Target.Dependency.product(name: "InMemoryLogging", package: "swift-log")
    static let serviceLifecycle = Target.Dependency.product(
        name: "ServiceLifecycle",
        package: "swift-service-lifecycle"
    )
    static let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
}

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(_ name: String, path: String? = nil, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
    name: "gust",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "Gust", targets: ["Gust"]),
        .library(name: "GustClient", targets: ["GustClient"]),
        .library(name: "GustCluster", targets: ["GustCluster"]),
        .library(name: "GustConfiguration", targets: ["GustConfiguration"]),
        .library(name: "GustContract", targets: ["GustContract"]),
        .library(name: "GustDashboard", targets: ["GustDashboard"]),
        .library(name: "GustDevelopment", targets: ["GustDevelopment"]),
        .library(name: "GustForms", targets: ["GustForms"]),
        .library(name: "GustForwarding", targets: ["GustForwarding"]),
        .library(name: "GustJWT", targets: ["GustJWT"]),
        .library(name: "GustMetrics", targets: ["GustMetrics"]),
        .library(name: "GustPresence", targets: ["GustPresence"]),
        .library(name: "GustRedis", targets: ["GustRedis"]),
        .library(name: "GustSQLite", targets: ["GustSQLite"]),
        .library(name: "GustSeed", targets: ["GustSeed"]),
        .library(name: "GustServing", targets: ["GustServing"]),
        .library(name: "GustSessions", targets: ["GustSessions"]),
        .library(name: "GustStreams", targets: ["GustStreams"]),
        .library(name: "GustTLS", targets: ["GustTLS"]),
        .library(name: "GustTesting", targets: ["GustTesting"]),
        .library(name: "GustTracing", targets: ["GustTracing"]),
        .library(name: "GustWeb", targets: ["GustWeb"]),
        .executable(name: "gust", targets: ["GustCommand"]),
        .executable(name: "gust-client", targets: ["GustClientCommand"]),
        .executable(name: "Chatroom", targets: ["Chatroom"]),
        .executable(name: "EchoServer", targets: ["EchoServer"]),
    ],
    traits: [
        .trait(
            name: "Configuration",
            description:
                "Settings from arguments, the environment and files, in the product GustConfiguration. Without this trait the product is empty."
        ),
        .trait(
            name: "JWT",
            description: "JSON Web Tokens, in the product GustJWT. Without this trait the product is empty."
        ),
        .trait(
            name: "Redis",
            description:
                "Clusters, sessions and rate limits over Redis, in the product GustRedis. Without this trait the product is empty."
        ),
        .trait(
            name: "SQLite",
            description:
                "Sessions in an SQLite database, in the product GustSQLite. Without this trait the product is empty."
        ),
        .trait(
            name: "TLS",
            description: "TLS and HTTP/2, in the product GustTLS. Without this trait the product is empty."
        ),
        .trait(
            name: "Tracing",
            description:
                "Spans of requests and events by swift-distributed-tracing, in the product GustTracing. Without this trait the product is empty."
        ),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        // The readers of files of swift-configuration aren't used, so none of its traits is on.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]
        ),
        .systemLibrary(
            name: "CPCRE2",
            pkgConfig: "libpcre2-8",
            providers: [.apt(["libpcre2-dev"]), .brew(["pcre2"])]
        ),
        .systemLibrary(
            name: "CLibcrypto",
            pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]
        ),

        // The browser client in `public`, as bytes in the program.
        .target(name: "CBrowserClient"),
        // The files of the dashboard's page, as bytes in the program.
        .target(name: "CDashboardPage", exclude: ["page"]),

        library("GustControl", []),
        library("GustJSON", [.nioCore]),
        library("GustHTTP", ["GustJSON", .nioCore, .httpTypes, .logging]),
        library("GustZlib", ["CZlib", .nioCore]),
        // The systems of Apple have CryptoKit.
        library("GustDigest", [.target(name: "CLibcrypto", condition: .when(platforms: [.linux]))]),
        library("GustRouting", ["GustHTTP", "CPCRE2", .nioCore, .httpTypes, .logging]),
        library("GustWire", ["GustJSON", .nioCore]),
        library("GustFraming", ["GustHTTP", "GustDigest", "GustZlib", .nioCore]),
        library("GustClientWire", ["GustWire", "GustJSON", .nioCore]),
        library("GustContract", ["GustWire", "GustJSON", .nioCore]),
        library("GustSessions", ["GustHTTP", "GustDigest", "GustJSON", .nioCore, .httpTypes]),
        library("GustSQLite", ["GustSessions", "GustHTTP", .grdb, .httpTypes]),
        library("GustAdapter", ["GustWire", "GustHTTP", .nioCore]),
        library(
            "GustSocketIO",
            [
                "GustAdapter", "GustContract", "GustSessions", "GustWire", "GustRouting", "GustHTTP", "GustJSON",
                "GustZlib",
                .nioCore,
                .httpTypes, .logging, .metrics,
            ]
        ),
        library(
            "GustServer",
            ["GustFraming", "GustHTTP", "GustDigest", .nioCore, .nioPosix, .httpTypes, .logging, .serviceLifecycle]
        ),
        library(
            "GustFiles",
            ["GustRouting", "GustHTTP", "GustDigest", "GustZlib", .nioCore, .httpTypes]
        ),
        library(
            "Gust",
            [
                "GustHTTP", "GustRouting", "GustAdapter", "GustContract", "GustSocketIO", "GustWire", "GustServer",
                "GustFiles", "GustControl", "CBrowserClient",
                .nioCore, .httpTypes, .logging, .metrics, .serviceLifecycle, .unixSignals,
            ]
        ),
        library(
            "GustWeb",
            [
                "GustFiles", "GustSessions", "GustRouting", "GustHTTP", "GustDigest", "GustJSON", "GustZlib", .nioCore,
                .httpTypes, .logging, .metrics,
            ]
        ),
        library("GustJWT", ["GustSocketIO", "GustWeb", "GustSessions", "GustHTTP", .jwtKit, .httpTypes]),
        library("GustTracing", ["GustSocketIO", "GustHTTP", .nioCore, .httpTypes, .tracing]),
        library("GustForms", ["GustHTTP", "GustJSON", .nioCore, .httpTypes]),
        library("GustStreams", ["GustRouting", "GustHTTP", "GustJSON", .nioCore, .httpTypes, .logging]),
        library(
            "GustDevelopment",
            [
                "Gust", "GustControl", "GustStreams", "GustWeb", "GustRouting", "GustHTTP", .nioCore, .httpTypes,
                .logging,
            ]
        ),
        library(
            "GustSeed",
            [
                "Gust", "GustServer", "GustSocketIO", "GustSessions", "GustWire", "GustRouting", "GustHTTP", .logging,
                .serviceLifecycle, .unixSignals,
            ]
        ),
        library(
            "GustServing",
            [
                "Gust", "GustServer", "GustRouting", "GustHTTP", .nioCore, .httpTypes, .logging, .serviceLifecycle,
                .unixSignals,
            ]
        ),
        library(
            "GustTLS",
            [
                "Gust", "GustServing", "GustServer", "GustRouting", "GustHTTP", .nioCore, .nioTLS, .nioSSL, .nioHTTP2,
                .nioHPACK,
                .httpTypes,
                .logging,
                .serviceLifecycle, .unixSignals,
            ]
        ),
        library(
            "GustConfiguration",
            [
                "Gust", "GustServing", "GustSessions", "GustSocketIO", "GustServer", "GustWire", "GustHTTP", "GustJSON",
                .target(name: "GustTLS", condition: .when(traits: ["TLS"])),
                .target(name: "GustSQLite", condition: .when(traits: ["SQLite"])),
                .nioCore, .httpTypes, .logging, .configuration, .yams,
            ]
        ),
        library("GustCluster", ["GustAdapter", "GustWire", "GustHTTP", "GustJSON", .nioCore]),
        library(
            "GustForwarding",
            [
                "Gust", "GustCluster", "GustServer", "GustSocketIO", "GustHTTP", "GustDigest", .nioCore, .httpTypes,
                .logging,
            ]
        ),
        library(
            "GustRedis",
            [
                "GustCluster", "GustAdapter", "GustSessions", "GustWire", "GustHTTP", "GustDigest", "GustJSON",
                .nioCore, .nioPosix, .nioSSL, .httpTypes, .logging,
            ]
        ),
        library(
            "GustTesting",
            [
                "Gust", "GustCluster", "GustAdapter", "GustClientWire", "GustContract", "GustFraming", "GustSessions",
                "GustHTTP", "GustRouting", "GustSocketIO", "GustServer", "GustWire", .nioCore, .nioPosix,
                .nioEmbedded, .httpTypes, .logging,
            ]
        ),

        library(
            "GustClient",
            [
                "GustClientWire", "GustContract", "GustFraming", "GustWire", "GustHTTP", "GustDigest", "GustJSON",
                .nioCore, .nioPosix, .nioHTTP1, .nioTLS, .nioSSL, .httpTypes, .logging, .metrics,
            ]
        ),
        program(
            "GustClientCommand",
            [
                "GustClient", "GustClientWire", "GustWire", "GustHTTP", .nioCore, .nioPosix, .httpTypes,
                .argumentParser,
            ]
        ),

        library("GustPresence", ["GustSocketIO", "GustHTTP", "GustWire"]),
        library("GustMetrics", ["GustHTTP", .nioCore, .httpTypes, .metrics]),
        library(
            "GustDashboard",
            [
                "Gust", "GustContract", "GustSocketIO", "GustWire", "GustFiles", "GustRouting", "GustHTTP",
                "CDashboardPage", .nioCore,
                .httpTypes, .logging, .metrics,
            ]
        ),

        // The command `gust`. It needs little, so that it is built before the application that it builds.
        .executableTarget(
            name: "GustCommand",
            dependencies: ["GustControl", .argumentParser],
            resources: [.copy("Template")],
            swiftSettings: settings
        ),
        program(
            "Chatroom",
            [
                "Gust", "GustDashboard", "GustPresence", "GustWeb", "GustForwarding",
                .target(name: "GustRedis", condition: .when(traits: ["Redis"])),
                .argumentParser,
            ]
        ),
        program(
            "EchoServer",
            [
                "Gust", "GustDashboard", "GustForwarding", "GustMetrics", "GustSeed", "GustWeb",
                .target(name: "GustTLS", condition: .when(traits: ["TLS"])),
                .target(name: "GustRedis", condition: .when(traits: ["Redis"])),
                .argumentParser,
            ]
        ),
        // The server that the tests of GustServing start, restart and stop.
        program("ServingServer", path: "Tests/ServingServer", ["Gust", "GustServing"]),
        // The server of the tests that need TLS and lasting sessions; it is empty without the traits.
        program(
            "SecureServer",
            path: "Tests/SecureServer",
            [
                "Gust", "GustForms", "GustServing", "GustSessions", "GustStreams", "GustWeb",
                .target(name: "GustTLS", condition: .when(traits: ["TLS"])),
                .target(name: "GustSQLite", condition: .when(traits: ["SQLite"])),
            ]
        ),
        // The server that the tests of GustConfiguration start; it is empty without the trait.
        program(
            "ConfiguredServer",
            path: "Tests/ConfiguredServer",
            ["Gust", "GustServing", .target(name: "GustConfiguration", condition: .when(traits: ["Configuration"]))]
        ),
        // A node of the test of presence over Redis; it is empty without the trait.
        program(
            "PresenceServer",
            path: "Tests/PresenceServer",
            ["Gust", "GustPresence", .target(name: "GustRedis", condition: .when(traits: ["Redis"]))]
        ),
        program("ClusterSimulation", path: "Benchmarks/Cluster", ["Gust", "GustCluster", "GustTesting"]),
        program("BareServers", path: "Benchmarks/Bare", ["GustFraming", .nioCore, .nioPosix, .argumentParser]),
        program(
            "ClientBenchmark",
            path: "Benchmarks/Client",
            ["GustClient", "GustClientWire", "GustWire", "GustHTTP", .nioCore, .nioPosix, .argumentParser]
        ),
        program(
            "MicroBenchmarks",
            path: "Benchmarks/Micro",
            [
                "Gust", "GustContract", "GustRouting", "GustWeb", "GustWire", "GustHTTP", "GustJSON", .nioCore,
                .httpTypes,
            ]
        ),

        tests(
            "GustPresenceTests",
            ["Gust", "GustPresence", "GustCluster", "GustTesting"]
        ),
        tests(
            "GustMetricsTests",
            [
                "GustMetrics", "Gust", "GustTesting", "GustSocketIO", "GustHTTP", "GustWeb", .nioCore, .httpTypes,
                .metrics,
            ]
        ),
        tests(
            "GustDashboardTests",
            [
                "Gust", "GustDashboard", "GustSocketIO", "GustTesting", "GustWeb", "GustWire", "GustHTTP", .nioCore,
                .httpTypes, .logging,
                .inMemoryLogging,
            ]
        ),
        tests(
            "GustDevelopmentTests",
            [
                "GustDevelopment", "GustCommand", "Gust", "GustControl", "GustStreams", "GustWeb", "GustTesting",
                "GustRouting", "GustHTTP", .nioCore, .httpTypes, .logging, .inMemoryLogging,
            ]
        ),
        tests("GustHTTPTests", ["GustHTTP", "GustJSON", .nioCore, .nioEmbedded, .httpTypes]),
        tests(
            "GustSessionsTests",
            [
                "Gust", "GustSessions", "GustHTTP", "GustDigest", "GustTesting", .nioCore, .nioEmbedded, .httpTypes,
            ]
        ),
        tests(
            "GustSQLiteTests",
            ["GustSQLite", "GustSessions", "Gust", "GustHTTP", "GustTesting", .grdb, .httpTypes]
        ),
        tests(
            "GustRedisTests",
            [
                "GustRedis", "Gust", "GustCluster", "GustForwarding", "GustAdapter", "GustSessions", "GustSocketIO",
                "GustTesting",
                "GustWire", "GustHTTP", "GustJSON", .nioCore, .nioPosix, .nioEmbedded, .httpTypes, .logging,
                .inMemoryLogging,
            ]
        ),
        tests("GustJWTTests", ["GustJWT", "Gust", "GustHTTP", "GustTesting", .jwtKit, .httpTypes]),
        tests(
            "GustTracingTests",
            [
                "GustTracing", "Gust", "GustTesting", "GustWire", "GustHTTP", .nioCore, .httpTypes, .tracing,
                .inMemoryTracing,
            ]
        ),
        tests("GustZlibTests", ["GustZlib", .nioCore]),
        tests("GustDigestTests", ["GustDigest"]),
        tests("GustRoutingTests", ["GustRouting", "GustHTTP", .nioCore, .nioEmbedded, .httpTypes, .logging]),
        tests("GustWireTests", ["GustWire", "GustJSON", .nioCore]),
        tests("GustFramingTests", ["GustFraming", "GustHTTP", "GustZlib", .nioCore]),
        tests("GustClientWireTests", ["GustClientWire", "GustWire", "GustJSON", .nioCore]),
        tests(
            "GustClientTests",
            [
                "GustClient", "GustClientWire", "GustFraming", "GustWire", "GustHTTP", "Gust", "GustServer", .nioCore,
                .nioPosix, .nioEmbedded, .nioHTTP1, .httpTypes, .logging, .serviceLifecycle,
            ]
        ),
        tests("GustContractTests", ["GustContract", "GustWire", .nioCore]),
        tests("GustJSONTests", ["GustJSON", .nioCore]),
        tests("GustClusterTests", ["GustCluster", "GustAdapter", "GustWire", .nioCore]),
        tests(
            "GustServerTests",
            [
                "GustServer", "GustFraming", "GustHTTP", "GustZlib", .nioCore, .nioPosix, .nioEmbedded, .httpTypes,
                .logging, .inMemoryLogging, .serviceLifecycle,
            ]
        ),
        tests(
            "GustSocketIOTests",
            [
                "GustSocketIO", "GustAdapter", "GustContract", "GustSessions", "GustSeed", "GustCluster", "GustTesting",
                "GustWire", "GustHTTP", "GustRouting", "GustZlib",
                .nioCore,
                .nioEmbedded, .httpTypes, .logging, .metrics, .metricsTestKit,
            ]
        ),
        tests(
            "GustWebTests",
            [
                "GustWeb", "GustFiles", "GustSessions", "GustRouting", "GustHTTP", "GustZlib", .nioCore, .nioPosix,
                .nioEmbedded,
                .httpTypes,
                .logging,
                .inMemoryLogging,
                .metrics,
                .metricsTestKit,
            ]
        ),
        tests(
            "GustFormsTests",
            ["GustForms", "Gust", "GustTesting", "GustRouting", "GustHTTP", .nioCore, .nioEmbedded, .httpTypes]
        ),
        tests(
            "GustStreamsTests",
            [
                "GustStreams", "Gust", "GustWeb", "GustTesting", "GustServer", "GustRouting", "GustHTTP", "GustZlib",
                .nioCore, .nioEmbedded, .httpTypes, .logging,
            ]
        ),
        tests(
            "GustTests",
            [
                "Gust", "GustAdapter", "GustClient", "GustClientWire", "GustCluster", "GustDashboard",
                "GustDevelopment", "GustFraming", "GustMetrics", "GustPresence", "GustSeed", "GustSessions",
                "GustTesting", "GustHTTP", "GustRouting",
                "GustSocketIO", "GustStreams", "GustForms", "GustServing", "GustWire", "GustServer", "GustWeb",
                .nioCore, .nioPosix, .nioEmbedded, .nioHTTP1, .httpTypes, .logging, .serviceLifecycle,
            ]
        ),
        tests(
            "GustServingTests",
            [
                "GustServing", "Gust", "GustServer", "GustTesting", "GustHTTP", .nioCore, .nioPosix,
                .httpTypes, .logging, .inMemoryLogging, .serviceLifecycle,
            ]
        ),
        tests(
            "GustConfigurationTests",
            [
                "GustConfiguration", "Gust", "GustServing", "GustSessions", "GustTesting",
                "GustServer", "GustSocketIO", "GustHTTP", "GustWire",
                .target(name: "GustTLS", condition: .when(traits: ["TLS"])),
                .nioCore, .httpTypes, .logging, .configuration,
            ]
        ),
        tests(
            "GustForwardingTests",
            [
                "GustForwarding", "Gust", "GustCluster", "GustServer", "GustSocketIO", "GustDigest", "GustTesting",
                "GustHTTP",
                .nioCore, .nioPosix, .nioEmbedded, .httpTypes, .logging, .serviceLifecycle,
            ]
        ),
        tests(
            "GustTLSTests",
            [
                "GustTLS", "Gust", "GustClient", "GustDigest", "GustServing", "GustServer", "GustSessions",
                "GustSocketIO", "GustHTTP", "GustWire", .nioCore, .nioPosix,
                .nioEmbedded, .nioTLS,
                .nioSSL,
                .nioHTTP2, .nioHPACK, .httpTypes, .logging, .serviceLifecycle,
            ],
            exclude: ["Certificates"]
        ),
        tests(
            "ClientTests",
            [
                "Gust", "GustClient", "GustStreams", "GustWeb", "GustTesting", "GustRouting", "GustHTTP", "GustServer",
                "GustWire",
                .nioCore, .nioPosix, .httpTypes, .logging, .serviceLifecycle,
            ],
            exclude: ["JavaScript", "Python", "TypeScript"]
        ),
    ]
)

// `scripts/fuzz` sets this variable. Only then the targets are instrumented, which needs the fuzzer runtime of the
// toolchain.
if Context.environment["GUST_FUZZ"] != nil {
    for target in package.targets where target.type == .regular {
        target.swiftSettings?.append(.unsafeFlags(["-sanitize=fuzzer", "-enable-testing"]))
    }
    package.targets.append(
        program(
            "Fuzz",
            path: "Fuzz/Sources",
            [
                "GustWire", "GustHTTP", "GustFraming", "GustServer", "GustRouting", "GustSocketIO", "GustFiles",
                "GustZlib", "GustClient", "GustClientWire", "GustRedis", "GustJSON", .nioCore, .nioEmbedded, .httpTypes,
                .logging,
            ]
        )
    )
}
