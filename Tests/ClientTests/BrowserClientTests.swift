import Foundation
import Testing

/// The browser client, `public/socket.io.js`.
@Suite(.serialized, .timeLimit(.minutes(3))) struct BrowserClientTests {
    @Test func `the tests of the client on a fake transport pass in Node`() async throws {
        let directory = Script.root.appending(path: "Tests/ClientTests/JavaScript")
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path()).sorted()
        for file in files where file.hasSuffix(".test.mjs") {
            try await Script.node("--test", directory.appending(path: file).path())
        }
    }

    @Test(arguments: ["polling", "websocket", "upgrade"])
    func `all features of the client work in Chromium`(mode: String) async throws {
        try await Script.python("browser_client.py", Script.product("EchoServer"), "chromium", mode)
    }

    @Test func `all features of the client work in Firefox`() async throws {
        try await Script.python("browser_client.py", Script.product("EchoServer"), "firefox", "upgrade")
    }

    @Test(arguments: ["polling", "websocket", "upgrade"])
    func `no event is lost and none comes twice when connections are cut`(mode: String) async throws {
        try await Script.python("browser_recovery.py", Script.product("EchoServer"), "chromium", mode)
    }

    @Test(arguments: ["4", "3", "0.9", "0.6"])
    func `every generation works over each of its transports in Chromium`(revision: String) async throws {
        try await Script.python("browser_matrix.py", Script.product("EchoServer"), "chromium", revision)
    }

    // One run for all revisions, because Firefox is slow to start.
    @Test func `every generation works over each of its transports in Firefox`() async throws {
        try await Script.python("browser_matrix.py", Script.product("EchoServer"), "firefox")
    }
}
