import Foundation
import Testing

/// The client for browsers, `public/socket.io.js`.
@Suite(.serialized, .timeLimit(.minutes(3))) struct BrowserClientTests {
    @Test func `the client keeps its rules without a network`() async throws {
        let directory = Script.root.appending(path: "Tests/ClientTests/JavaScript")
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path()).sorted()
        for file in files where file.hasSuffix(".test.mjs") {
            try await Script.node("--test", directory.appending(path: file).path())
        }
    }

    @Test(arguments: ["polling", "websocket", "upgrade"])
    func `in Chromium the client does all it can`(mode: String) async throws {
        try await Script.python("browser_client.py", Script.product("EchoServer"), "chromium", mode)
    }

    @Test func `in Firefox the client does all it can`() async throws {
        try await Script.python("browser_client.py", Script.product("EchoServer"), "firefox", "upgrade")
    }

    @Test(arguments: ["4", "3", "0.9", "0.6"])
    func `in Chromium every generation speaks over each of its transports`(revision: String) async throws {
        try await Script.python("browser_matrix.py", Script.product("EchoServer"), "chromium", revision)
    }

    // All at once: Firefox takes its time to start.
    @Test func `in Firefox every generation speaks over each of its transports`() async throws {
        try await Script.python("browser_matrix.py", Script.product("EchoServer"), "firefox")
    }
}
