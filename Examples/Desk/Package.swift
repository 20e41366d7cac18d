// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "desk",
    platforms: [.macOS(.v15)],
    dependencies: [
        // Outside of this repository: .package(url: "<address of Gust>", from: "…", traits: ["Configuration", "SQLite"])
        .package(name: "gust", path: "../..", traits: ["Configuration", "SQLite"]),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .executableTarget(
            name: "Desk",
            dependencies: [
                .product(name: "Gust", package: "gust"),
                .product(name: "GustConfiguration", package: "gust"),
                .product(name: "GustDashboard", package: "gust"),
                .product(name: "GustDevelopment", package: "gust"),
                .product(name: "GustForms", package: "gust"),
                .product(name: "GustPresence", package: "gust"),
                .product(name: "GustSQLite", package: "gust"),
                .product(name: "GustSessions", package: "gust"),
                .product(name: "GustWeb", package: "gust"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(name: "DeskTests", dependencies: ["Desk", .product(name: "GustTesting", package: "gust")]),
    ]
)
