import Foundation

/// Where a new package finds Gust.
struct GustDependency {
    /// The path of a copy, or the URL of a repository.
    let address: String
    /// Whether Gust is a directory of this machine.
    let isPath: Bool
    /// The line of the manifest.
    let manifestText: String

    /// Makes the dependency.
    ///
    /// - Parameters:
    ///   - address: A path or a URL; nil means the copy of which this program was built.
    ///   - version: The least version, for a URL.
    /// - Throws: ``CommandError`` if a path leads to no package, or the address can't stand in a manifest.
    init(_ address: String?, version: String) throws {
        let address = address ?? Self.ownCopy
        guard !address.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") })
        else {
            throw CommandError("the address of Gust can't stand in a manifest: \(address)")
        }
        guard !Self.isURL(address) else {
            guard version.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }) else {
                throw CommandError("a version is such as 0.2.0: \(version)")
            }
            self.address = address
            isPath = false
            manifestText = ".package(url: \"\(address)\", from: \"\(version)\")"
            return
        }
        let url = URL(filePath: address).standardizedFileURL
        guard FileManager.default.fileExists(atPath: url.appending(path: "Package.swift").path) else {
            throw CommandError("there is no package in \(url.path); name a copy of Gust, or its URL, by --gust")
        }
        self.address = url.path
        isPath = true
        manifestText = ".package(name: \"gust\", path: \"\(url.path)\")"
    }

    private static func isURL(_ text: String) -> Bool {
        ["https://", "http://", "ssh://", "git@", "file://"].contains { text.utf8.starts(with: $0.utf8) }
    }

    /// The directory of Gust's sources when this program was built.
    private static var ownCopy: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
    }
}
