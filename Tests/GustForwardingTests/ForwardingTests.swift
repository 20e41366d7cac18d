import Foundation
import Gust
import GustForwarding
import GustHTTP
import GustTesting
import HTTPTypes
import NIOCore
import Testing

/// Clients behind a proxy that gives each request to another node.
@Suite(.timeLimit(.minutes(2))) struct ForwardingTests {
    /// How the nodes of a test reach each other.
    enum Reach: CaseIterable, CustomTestStringConvertible {
        case tcp, unixSocket, bus

        var testDescription: String { "\(self)" }

        func run(_ count: Int, _ body: (ForwardingCluster) async throws -> Void) async throws {
            switch self {
            case .tcp: try await ForwardingCluster.run(count, body)
            case .bus: try await ForwardingCluster.run(count, at: .bus, bus: LoopbackBus(), body)
            case .unixSocket:
                let folder = FileManager.default.temporaryDirectory.appending(path: "gust-\(UUID())")
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                defer { try? FileManager.default.removeItem(at: folder) }
                try await ForwardingCluster.run(count, in: folder.path(), body)
            }
        }
    }

    /// The generations and transports that are forwarded.
    static let forwarded: [ClientProfile] = ClientProfile.all.filter { profile in
        profile.transport != .htmlFile && profile.transport != .multipart
    }

    @Test(arguments: forwarded, Reach.allCases)
    func `a client whose requests alternate between three nodes sends and receives`(
        profile: ClientProfile,
        reach: Reach
    ) async throws {
        try await reach.run(3) { cluster in
            let socket = try await cluster.client.open(profile)
            for number in 0..<6 {
                try await socket.send("hello \(number)")
                #expect(try await socket.nextMessage() == .text("hello \(number)"))
            }
            // The first request of a WebSocket makes the session, except in 0.9.
            let isOneRequest = profile.transport == .webSocket || profile.transport == .flashSocket
            if !isOneRequest || profile.revision == .socketIO09 {
                #expect(cluster.nodes.map(\.forwarding.statistics.forwarded).reduce(0, +) > 0)
            }
            #expect(cluster.nodes.map(\.forwarding.statistics.failed) == [0, 0, 0])
        }
    }

    @Test(arguments: Reach.allCases, [ClientTransport.polling, .upgrade])
    func `events with acknowledgements, binary arguments and long bodies arrive whole`(
        reach: Reach,
        transport: ClientTransport
    ) async throws {
        try await reach.run(2) { cluster in
            let socket = try await cluster.client.open(over: transport)
            let text = String(repeating: "long ", count: 180_000)
            #expect(try await socket.emitWithAcknowledgement("count", text) == ["900000"])
            try await socket.emit("echo", text)
            #expect(try await socket.next() == .event("echo", ["\"\(text)\""]))
            let bytes = ByteBuffer(bytes: (0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
            try await socket.emit("bytes", bytes)
            guard case .event("bytes", _, let attachments) = try await socket.next() else {
                Issue.record("no event with bytes")
                return
            }
            #expect(attachments == [bytes])
        }
    }

    @Test(arguments: Reach.allCases)
    func `many messages over a WebSocket on the wrong node arrive in order, in both directions`(
        reach: Reach
    ) async throws {
        try await reach.run(2) { cluster in
            let socket = try await cluster.client.open(over: .upgrade)
            let padding = String(repeating: "x", count: 10_000)
            for number in 0..<500 { try await socket.emit("echo", "\(number) \(padding)") }
            for number in 0..<500 {
                #expect(try await socket.next() == .event("echo", ["\"\(number) \(padding)\""]))
            }
            #expect(cluster.nodes.map(\.forwarding.statistics.current).reduce(0, +) == 1)
        }
    }

    @Test func `a body that is too long is answered 413 by the node that receives it`() async throws {
        try await ForwardingCluster.run(settings: { $0.maximumPayload = 1_000 }) { cluster in
            let sid = try await cluster.handshake(on: 0)
            let answer = try await cluster.nodes[1].client.post(
                "/socket.io/?EIO=4&transport=polling&sid=\(sid)",
                body: String(repeating: "x", count: 2_000)
            )
            #expect(answer.status == .contentTooLarge)
            #expect(cluster.nodes[0].forwarding.statistics.received == 0)
        }
    }

    @Test func `polls of many clients use few links`() async throws {
        try await ForwardingCluster.run { cluster in
            let sid = try await cluster.handshake(on: 0)
            let path = "/socket.io/?EIO=4&transport=polling&sid=\(sid)"
            #expect(try await cluster.nodes[1].client.post(path, body: "40").text == "ok")
            for number in 0..<50 {
                #expect(try await cluster.nodes[1].client.post(path, body: #"42["echo","\#(number)"]"#).text == "ok")
            }
            #expect(cluster.nodes[0].forwarding.statistics.received == 51)
            // At most one link for each loop of the node that forwards.
            #expect(cluster.nodes[0].forwarding.linkCount <= 2)
        }
    }

    @Test func `the address and the scheme of the client reach the node that has the connection`() async throws {
        let seen = SeenRequests()
        try await ForwardingCluster.run(
            settings: { settings in settings.headers = { _, request in seen.note(request) } },
            app: { app in app.use(ForeignClient()) }
        ) { cluster in
            let sid = try await cluster.handshake(on: 0)
            let path = "/socket.io/?EIO=4&transport=polling&sid=\(sid)"
            #expect(
                try await cluster.nodes[1].client.post(path, headers: [.userAgent: "mine"], body: "40").text == "ok"
            )
            let last = try #require(seen.last)
            #expect(last.peer.address?.ipAddress == "203.0.113.9")
            #expect(last.peer.address?.port == 4_711)
            #expect(last.isSecure)
            #expect(last.headers[.userAgent] == "mine")
            #expect(last.headers[ForwardingTests.proofField] == nil)
        }
    }

    static let proofField = HTTPField.Name("Gust-Forwarded") ?? .via

    @Test func `the middleware of the node that receives a request runs, and no other`() async throws {
        let counter = CountingMiddleware()
        try await ForwardingCluster.run(app: { $0.use(counter) }) { cluster in
            let sid = try await cluster.handshake(on: 0)
            let path = "/socket.io/?EIO=4&transport=polling&sid=\(sid)"
            let before = counter.count
            let answer = try await cluster.nodes[1].client.post(path, body: "40")
            #expect(answer.text == "ok")
            #expect(answer.headers[values: CountingMiddleware.field] == ["counted"])
            #expect(counter.count == before + 1)
        }
    }

    @Test func `a page of another origin is refused by the node that it reaches`() async throws {
        try await ForwardingCluster.run(settings: { $0.origins = .list(["https://a.example"]) }) { cluster in
            let sid = try await cluster.handshake(on: 0)
            let path = "/socket.io/?EIO=4&transport=polling&sid=\(sid)"
            let client = cluster.nodes[1].client
            let refused = try await client.post(path, headers: [.origin: "https://b.example"], body: "40")
            #expect(refused.status == .forbidden)
            let admitted = try await client.post(path, headers: [.origin: "https://a.example"], body: "40")
            #expect(admitted.text == "ok")
            #expect(admitted.headers[.accessControlAllowOrigin] == "https://a.example")
        }
    }

    @Test func `a client that leaves a poll on the wrong node ends its session, as on its own node`() async throws {
        try await ForwardingCluster.run { cluster in
            let sid = try await cluster.handshake(on: 0)
            let path = "/socket.io/?EIO=4&transport=polling&sid=\(sid)"
            let poll = try await cluster.nodes[1].client.start(.get, path)
            let node = cluster.nodes[0]
            try await node.client.wait(for: "the poll") { node.forwarding.statistics.received == 1 }
            try await poll.abort()
            try await node.client.wait(for: "the end of the session") { node.io.statistics.open == 0 }
            let other = cluster.nodes[1]
            try await node.client.wait(for: "the end of the exchange") { other.forwarding.statistics.current == 0 }
        }
    }

    @Test func `a handshake of 0.9 offers no stream, and a stream on the wrong node is refused`() async throws {
        try await ForwardingCluster.run { cluster in
            let greeting = try await cluster.nodes[0].client.get("/socket.io/1/").text
            #expect(greeting.hasSuffix(":websocket,flashsocket,xhr-polling,jsonp-polling"))
            let sid = greeting.prefix { $0 != ":" }
            let stream = try await cluster.nodes[1].client.get("/socket.io/1/htmlfile/\(sid)")
            #expect(stream.status == .notFound)
            #expect(stream.text == "transport not supported")
            // The next transport that the client tries.
            let poll = try await cluster.nodes[1].client.get("/socket.io/1/xhr-polling/\(sid)")
            #expect(poll.text == "1::")
        }
    }

    @Test func `a client of 0.6 that receives by a stream may send on any node`() async throws {
        try await ForwardingCluster.run { cluster in
            let stream = try await cluster.nodes[0].client.open(over: .multipart, speaking: .socketIO06)
            let form = "data=~m~5~m~hello"
            let answer = try await cluster.nodes[1].client.post(
                "/socket.io/xhr-multipart/\(stream.session)/send",
                headers: [.contentType: "application/x-www-form-urlencoded; charset=utf-8"],
                body: form
            )
            #expect(answer.text == "ok")
            #expect(try await stream.nextMessage() == .text("hello"))
        }
    }

    @Test func `a client of 0.9 that says goodbye on the wrong node is disconnected`() async throws {
        try await ForwardingCluster.run { cluster in
            let sid = try await cluster.nodes[0].client.get("/socket.io/1/").text.prefix { $0 != ":" }
            #expect(try await cluster.nodes[0].client.get("/socket.io/1/xhr-polling/\(sid)").text == "1::")
            let answer = try await cluster.nodes[1].client.get("/socket.io/1/xhr-polling/\(sid)/?disconnect=1")
            #expect(answer.status == .ok)
            let node = cluster.nodes[0]
            try await node.client.wait(for: "the end of the session") { node.io.statistics.open == 0 }
        }
    }

    @Test func `sids of an application get the tag of their node`() async throws {
        try await ForwardingCluster.run(settings: { settings in settings.generateID = { _ in "own" } }) { cluster in
            let sid = try await cluster.handshake(on: 0)
            #expect(sid.hasSuffix("own"))
            #expect(sid.utf8.count == 15)
            let path = "/socket.io/?EIO=4&transport=polling&sid=\(sid)"
            #expect(try await cluster.nodes[1].client.post(path, body: "40").text == "ok")
        }
    }
}
