import Gust
import GustTesting
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The README's snippets are functions of `ReadmeSnippets.swift`, which are compiled, run here, and compared with its
/// text.
@Suite struct ReadmeTests {
    @Test func `the README's Swift equals the compiled snippets`() throws {
        let compiled = Set(
            try MarkdownSnippets.lines(
                of: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "ReadmeSnippets.swift")
            )
        )
        let readme = try MarkdownSnippets(contentsOf: MarkdownSnippets.project.appending(path: "README.md"))
        var count = 0
        for line in readme.blocks.joined() where !line.hasPrefix("try await app.run") {
            #expect(compiled.contains(line), "not compiled: \(line)")
            count += 1
        }
        #expect(count > 15)
    }

    @Test func `hello world greets`() async throws {
        let client = TestClient(try helloWorld().router())
        #expect(try await client.get("/").text == "Hello, world")
        #expect(try await client.get("/hello/Ada").text == "Hello, Ada")
    }

    @Test(arguments: ClientProfile.all)
    func `the echo handler in SocketTornad.IO's style echoes`(profile: ClientProfile) async throws {
        let client = TestClient(try seedEcho().router())
        let socket = try await client.open(profile, at: "/echoTest/123abc")
        try await socket.send("OMG! Ponies!")
        #expect(try await socket.nextMessage() == .text("[echo] OMG! Ponies!"))
    }

    @Test func `a typed event reaches the room, and its acknowledgement reaches the sender`() async throws {
        let client = TestClient(try typedEvents().router())
        let ada = try await client.open()
        let bob = try await client.open(over: .polling)
        try await ada.emit("typing", "Ada", 3)
        #expect(try await bob.next() == .event("typing", [#""Ada""#, "3"]))
        #expect(try await ada.emitWithAcknowledgement("sum", 20, 22) == ["42"])
    }
}
