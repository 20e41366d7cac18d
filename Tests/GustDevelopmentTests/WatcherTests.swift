import Foundation
import Testing

@testable import GustCommand

/// Changed files are found, when they have been written.
@Suite struct WatcherTests {
    /// A directory with sources and assets, which is removed at the end.
    private final class Directory {
        let path = FileManager.default.temporaryDirectory.appending(path: "gust-watch-\(UUID().uuidString)").path

        init() throws {
            for name in ["Sources/App", "Templates", "Sources/.hidden"] {
                try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
            }
            try write("Sources/App/main.swift", "one")
            try write("Templates/page.mustache", "one")
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
        }

        func watcher() -> FileWatcher { FileWatcher(sources: ["\(path)/Sources"], assets: ["\(path)/Templates"]) }
    }

    @Test func `a change is reported once, at the second look that sees the same`() throws {
        let directory = try Directory()
        let watcher = directory.watcher()
        #expect(watcher.look().isEmpty)
        try directory.write("Sources/App/main.swift", "longer")
        #expect(watcher.look().isEmpty)
        #expect(watcher.look() == [.source(["\(directory.path)/Sources/App/main.swift"])])
        #expect(watcher.look().isEmpty)
    }

    @Test func `a file that is still being written isn't reported`() throws {
        let directory = try Directory()
        let watcher = directory.watcher()
        for text in ["aa", "aaa", "aaaa"] {
            try directory.write("Sources/App/main.swift", text)
            #expect(watcher.look().isEmpty)
        }
        #expect(watcher.look().count == 1)
    }

    @Test func `new, removed and other files are told apart from assets`() throws {
        let directory = try Directory()
        let watcher = directory.watcher()
        try directory.write("Sources/App/more.swift", "x")
        try FileManager.default.removeItem(atPath: "\(directory.path)/Templates/page.mustache")
        _ = watcher.look()
        #expect(
            watcher.look() == [
                .source(["\(directory.path)/Sources/App/more.swift"]),
                .assets(["\(directory.path)/Templates/page.mustache"]),
            ]
        )
    }

    @Test func `hidden files, backups of editors and packages of Node are left out`() throws {
        let directory = try Directory()
        try FileManager.default.createDirectory(
            atPath: "\(directory.path)/Sources/node_modules",
            withIntermediateDirectories: true
        )
        let watcher = directory.watcher()
        for name in [
            "Sources/App/.main.swift.swp", "Sources/App/main.swift~", "Sources/.hidden/x", "Sources/node_modules/x",
        ] {
            try directory.write(name, "x")
        }
        _ = watcher.look()
        #expect(watcher.look().isEmpty)
    }

    @Test func `a link that leads in a circle ends`() throws {
        let directory = try Directory()
        try FileManager.default.createSymbolicLink(
            atPath: "\(directory.path)/Sources/loop",
            withDestinationPath: "\(directory.path)/Sources"
        )
        #expect(FileSnapshot(of: ["\(directory.path)/Sources"]).stamps.count == 1)
    }
}
