import Gust
import GustCluster
import GustTesting
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GustForwarding

/// Nodes and directories that fail: the client gets the answer that makes it open a new connection.
@Suite(.timeLimit(.minutes(2))) struct LostNodeTests {
    private static func expectUnknown(_ answer: TestResponse, _ comment: Comment? = nil) {
        #expect(answer.status == .badRequest, comment)
        #expect(answer.text.hasPrefix(#"{"code":1,"message":"Session ID unknown""#), comment)
        #expect(answer.headers[.contentType] == "application/json", comment)
    }

    private static func waitForClose(of webSocket: TestWebSocket) async throws {
        while true {
            if case .close = try await webSocket.next() { return }
        }
    }

    private static let poll = "/socket.io/?EIO=4&transport=polling&sid="

    @Test func `a node that has stopped is gone at once`() async throws {
        try await ForwardingCluster.run { cluster in
            let sid = try await cluster.handshake(on: 0)
            await cluster.nodes[0].stop()
            #expect(cluster.directory.tags == [cluster.nodes[1].forwarding.tag])
            Self.expectUnknown(try await cluster.nodes[1].client.get(Self.poll + sid))
            // The client goes on.
            let socket = try await cluster.nodes[1].client.open(over: .polling)
            #expect(try await socket.emitWithAcknowledgement("count", "abc") == ["3"])
        }
    }

    @Test func `a node that has crashed, and is still in the directory, is gone`() async throws {
        try await ForwardingCluster.run { cluster in
            let sid = try await cluster.handshake(on: 0)
            let tag = cluster.nodes[0].forwarding.tag
            let address = try #require(try await cluster.directory.address(of: tag))
            await cluster.nodes[0].stop()
            try await cluster.directory.announce(address, of: tag, for: .seconds(30))
            Self.expectUnknown(try await cluster.nodes[1].client.get(Self.poll + sid))
            Self.expectUnknown(try await cluster.nodes[1].client.post(Self.poll + sid, body: "40"))
            await #expect(throws: TestError.self) {
                _ = try await cluster.nodes[1].client.webSocket(
                    "/socket.io/?EIO=4&transport=websocket&sid=\(sid)"
                )
            }
            #expect(cluster.nodes[1].forwarding.statistics.failed == 3)
            #expect(cluster.nodes[1].forwarding.statistics.current == 0)
        }
    }

    @Test(arguments: [ForwardingTests.Reach.tcp, .bus])
    func `a poll that is pending when its node stops is answered`(reach: ForwardingTests.Reach) async throws {
        try await reach.run(2) { cluster in
            let sid = try await cluster.handshake(on: 0)
            let poll = try await cluster.nodes[1].client.start(.get, Self.poll + sid)
            let node = cluster.nodes[0]
            try await node.client.wait(for: "the poll") { node.forwarding.statistics.received == 1 }
            await node.stop()
            let answer = try await poll.response()
            // The node closes its sessions (1), or is gone before.
            if answer.status == .ok { #expect(answer.text == "1") } else { Self.expectUnknown(answer) }
            let other = cluster.nodes[1]
            try await other.client.wait(for: "the end of the exchange") { other.forwarding.statistics.current == 0 }
        }
    }

    @Test(arguments: [ForwardingTests.Reach.tcp, .bus])
    func `a WebSocket on another node closes with its node`(reach: ForwardingTests.Reach) async throws {
        try await reach.run(2) { cluster in
            let sid = try await cluster.handshake(on: 0)
            let webSocket = try await cluster.nodes[1].client.webSocket(
                "/socket.io/?EIO=4&transport=websocket&sid=\(sid)"
            )
            try await webSocket.send("2probe")
            #expect(try await webSocket.next() == .text("3probe"))
            await cluster.nodes[0].stop()
            try await Self.waitForClose(of: webSocket)
            let other = cluster.nodes[1]
            try await other.client.wait(for: "the end of the splice") { other.forwarding.statistics.current == 0 }
        }
    }

    @Test(arguments: [ForwardingTests.Reach.tcp, .bus])
    func `a poll on a node that shuts down is answered, and its session on another node lives on`(
        reach: ForwardingTests.Reach
    ) async throws {
        try await reach.run(2) { cluster in
            let sid = try await cluster.handshake(on: 0)
            let (node, other) = (cluster.nodes[0], cluster.nodes[1])
            #expect(try await other.client.post(Self.poll + sid, body: "40").text == "ok")
            #expect(try await other.client.get(Self.poll + sid).text.hasPrefix("40"))
            let poll = try await other.client.start(.get, Self.poll + sid)
            try await node.client.wait(for: "the poll") { node.forwarding.statistics.received == 3 }
            await other.shutDown()
            #expect(try await poll.response().text == "6")
            #expect(node.io.statistics.open == 1)
            #expect(try await node.client.post(Self.poll + sid, body: #"42["echo","x"]"#).text == "ok")
            #expect(try await node.client.get(Self.poll + sid).text == #"42["echo","x"]"#)
        }
    }

    @Test func `the session goes on when the node between stops during an upgrade`() async throws {
        try await ForwardingCluster.run { cluster in
            let socket = try await cluster.nodes[0].client.open(over: .polling)
            let webSocket = try await cluster.nodes[1].client.webSocket(
                "/socket.io/?EIO=4&transport=websocket&sid=\(socket.session)"
            )
            try await webSocket.send("2probe")
            #expect(try await webSocket.next() == .text("3probe"))
            await cluster.nodes[1].stop()
            try await Self.waitForClose(of: webSocket)
            // Without an upgrade that was completed, the connection goes on by polling.
            #expect(try await socket.emitWithAcknowledgement("count", "abc") == ["3"])
        }
    }

    @Test(arguments: [DirectoryFault.error, .silence])
    func `a directory that fails makes a node unknown, in time`(fault: DirectoryFault) async throws {
        let keys = ForwardingKeys(secret: ForwardingCluster.secret)
        let forwarding = try SessionForwarding(
            secret: ForwardingCluster.secret,
            directory: FailingDirectory(fault: fault),
            at: .tcp(host: "127.0.0.1", port: 0),
            connectTimeout: .milliseconds(50),
            patience: .milliseconds(50),
            logger: ForwardingCluster.quiet
        )
        let sid = keys.makeTag() + "AAAAAAAAAAAAAAAAAAAA"
        try await ForwardingCluster.single(forwarding) { node in
            Self.expectUnknown(try await node.client.get(Self.poll + sid))
            #expect(node.forwarding.statistics.failed == 1)
        }
    }

    @Test func `a forged tag, and a sid of this node that is unknown, cause no question`() async throws {
        let directory = CountingDirectory()
        let forwarding = try SessionForwarding(
            secret: ForwardingCluster.secret,
            directory: directory,
            at: .tcp(host: "127.0.0.1", port: 0),
            logger: ForwardingCluster.quiet
        )
        try await ForwardingCluster.single(forwarding) { node in
            let random = "AAAAAAAAAAAAAAAAAAAA"
            for sid in [
                "aaaaaaaaaaaa" + random, "abc", random, "..", forwarding.tag + random, forwarding.tag,
                String(repeating: "a", count: 5_000),
            ] {
                Self.expectUnknown(try await node.client.get(Self.poll + sid), "\(sid)")
            }
            #expect(directory.questionCount == 0)
            #expect(forwarding.statistics.forwarded == 0)
            let keys = ForwardingKeys(secret: ForwardingCluster.secret)
            let tag = keys.makeTag()
            // All come within a second.
            try await withThrowingTaskGroup(of: TestResponse.self) { group in
                for _ in 0..<3 { group.addTask { try await node.client.get(Self.poll + tag + random) } }
                for try await response in group { Self.expectUnknown(response) }
            }
            #expect(directory.questionCount == 1)
        }
    }

    @Test func `more requests than may be forwarded are answered 503`() async throws {
        try await ForwardingCluster.run(maximumForwarded: 1) { cluster in
            let sid = try await cluster.handshake(on: 0)
            let poll = try await cluster.nodes[1].client.start(.get, Self.poll + sid)
            let node = cluster.nodes[0]
            try await node.client.wait(for: "the poll") { node.forwarding.statistics.received == 1 }
            let refused = try await cluster.nodes[1].client.post(Self.poll + sid, body: "40")
            #expect(refused.status == .serviceUnavailable)
            #expect(refused.headers[.retryAfter] == "1")
            try await poll.abort()
        }
    }
}

/// How a directory fails.
enum DirectoryFault: Sendable { case error, silence }

/// A directory that can't be read.
struct FailingDirectory: NodeDirectory {
    struct Away: Error {}

    let fault: DirectoryFault

    private func fail() async throws {
        guard fault == .silence else { throw Away() }
        // Ends with the test.
        // Without an end of its own: the sequence ends when the question is cancelled.
        let (silence, continuation) = AsyncStream.makeStream(of: Void.self)
        for await _ in silence {}
        continuation.finish()
    }

    func announce(_ address: NodeAddress, of tag: String, for lifetime: Duration) async throws { try await fail() }

    func withdraw(_ tag: String) async throws { try await fail() }

    func address(of tag: String) async throws -> NodeAddress? {
        try await fail()
        return nil
    }
}

/// A directory without nodes that counts questions.
final class CountingDirectory: NodeDirectory {
    private let counter = Atomic<Int>(0)

    var questionCount: Int { counter.load(ordering: .relaxed) }

    func announce(_ address: NodeAddress, of tag: String, for lifetime: Duration) async throws {}

    func withdraw(_ tag: String) async throws {}

    func address(of tag: String) async throws -> NodeAddress? {
        counter.wrappingAdd(1, ordering: .relaxed)
        return nil
    }
}
