// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "HelloGust",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "gust", path: "GustDependency")
    ],
    targets: [
        .executableTarget(
            name: "HelloGust",
            dependencies: [
                .product(name: "Gust", package: "gust"),
                .product(name: "GustDevelopment", package: "gust"),
                .product(name: "GustSessions", package: "gust"),
                .product(name: "GustWeb", package: "gust"),
            ]
        ),
        .testTarget(
            name: "HelloGustTests",
            dependencies: [
                "HelloGust",
                .product(name: "Gust", package: "gust"),
                .product(name: "GustTesting", package: "gust"),
            ]
        ),
    ]
)
