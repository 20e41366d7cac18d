// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "thermometer",
    platforms: [.macOS(.v15)],
    dependencies: [
        // Outside of this repository: .package(url: "<address of Gust>", from: "…")
        .package(name: "gust", path: "../..")
    ],
    targets: [
        // What both ends share needs neither a server nor a client.
        .target(name: "ThermometerContract", dependencies: [.product(name: "GustContract", package: "gust")]),
        .executableTarget(
            name: "ThermometerServer",
            dependencies: ["ThermometerContract", .product(name: "Gust", package: "gust")]
        ),
        .executableTarget(
            name: "Thermometer",
            dependencies: ["ThermometerContract", .product(name: "GustClient", package: "gust")]
        ),
        .testTarget(
            name: "ThermometerTests",
            dependencies: ["Thermometer", "ThermometerServer", "ThermometerContract"]
        ),
    ]
)
