import GustWire
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO
@testable import GustTesting

/// Families that are asked asynchronously whether a client may join.
@Suite(.leavesNothing) struct NamespaceQuestionTests {
    private struct Credentials: Codable {
        var token: String
    }

    private let log = Recorded<String>()

    private func serve(_ change: (inout SocketIOSettings) -> Void = { _ in }) -> (SocketIO, TestClient) {
        var settings = SocketIOSettings()
        change(&settings)
        let io = SocketIO(settings)
        return (io, TestClient(EndpointHarness(io)))
    }

    /// Expects that a client which joins a namespace is refused with a message.
    private func expectRefusal(
        _ message: String,
        _ client: TestClient,
        _ namespace: String,
        auth: Credentials? = nil
    ) async {
        await #expect {
            _ = try await client.open(namespace: namespace, auth: auth)
        } throws: { error in
            guard case .unexpected(let text)? = error as? TestError else { return false }
            return text == #"{"message":"\#(message)"}"#
        }
    }

    @Test func `the predicate gets name and payload, and is asked for each client`() async throws {
        let (io, client) = serve()
        let family = io.namespaces { [log] name, auth in
            guard name.hasPrefix("/x-") else { return false }
            log.add(name)
            await Task.yield()
            return try auth?.decode(Credentials.self).token == "secret"
        }
        family.on("who") { (socket: Socket) in socket.namespace.name }
        let socket = try await client.open(namespace: "/x-1", auth: Credentials(token: "secret"))
        #expect(try await socket.emitWithAcknowledgement("who") == [#""/x-1""#])
        // The namespace exists: this doesn't admit a client without the token.
        await expectRefusal("Invalid namespace", client, "/x-1", auth: Credentials(token: "wrong"))
        await expectRefusal("Invalid namespace", client, "/x-1")
        _ = try await client.open(namespace: "/x-1", auth: Credentials(token: "secret"))
        #expect(log.all == ["/x-1", "/x-1", "/x-1", "/x-1"])
        #expect(family.namespaces.map(\.socketCount) == [2])
        #expect(family.questionCount == 0)
    }

    @Test func `if a predicate refuses, the families behind it are asked`() async throws {
        let (io, client) = serve()
        let first = io.namespaces { name, _ in name.utf8.count == 3 }
        let second = io.namespaces { _, _ in true }
        _ = try await client.open(namespace: "/ab")
        _ = try await client.open(namespace: "/abc")
        #expect(first.namespaces.map(\.name) == ["/ab"])
        #expect(second.namespaces.map(\.name) == ["/abc"])
    }

    @Test func `an error of the predicate refuses the client, with the text of a public error only`() async throws {
        let (io, client) = serve()
        _ = io.namespaces { name, _ in
            if name == "/secret" { throw TestError.closed }
            throw ConnectError("not yours")
        }
        await expectRefusal("refused", client, "/secret")
        await expectRefusal("not yours", client, "/x")
        #expect(io.namespaces.allSatisfy { $0.name == "/" })
    }

    @Test func `a name of the program isn't asked about, and the namespace belongs to no such family`() async throws {
        let (io, client) = serve()
        let family = io.namespaces { _, _ in false }
        let named = io["/x-1"]
        _ = try await client.open(namespace: "/x-1")
        #expect(named.socketCount == 1)
        #expect(family.namespaces.isEmpty)
    }

    @Test func `a client that leaves while the predicate is asked leaves no namespace and no connection behind`()
        async throws
    {
        let (io, client) = serve()
        let gate = Gate()
        let isCancelled = Mutex(false)
        // The predicate ignores its cancellation, and answers long after the end of the connection.
        let family = io.namespaces { _, _ in
            await gate.wait()
            isCancelled.withLock { $0 = Task.isCancelled }
            return true
        }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send("40/x-1,")
        #expect(family.questionCount == 1)
        try await webSocket.abort()
        await client.settle()
        #expect(io.connectionCount == 0)
        #expect(io.liveObjects.connections.current == 0)
        gate.open()
        try await client.wait(for: "the predicate") { family.questionCount == 0 }
        await client.settle()
        #expect(isCancelled.withLock { $0 })
        #expect(io.namespace(for: "/x-1") == nil)
    }

    @Test func `a predicate that doesn't answer in time is cancelled, and the client refused`() async throws {
        let (io, client) = serve { $0.connectTimeout = .seconds(5) }
        let gate = Gate()
        let family = io.namespaces { _, _ in
            await gate.wait()
            return true
        }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send("40/x-1,")
        await client.advance(by: .seconds(4))
        #expect(try await webSocket.nextIfAny() == nil)
        await client.advance(by: .seconds(2))
        #expect(try await webSocket.next() == .text(#"44/x-1,{"message":"Namespace timeout"}"#))
        gate.open()
        try await client.wait(for: "the predicate") { family.questionCount == 0 }
        await client.settle()
        #expect(try await webSocket.nextIfAny() == nil)
        #expect(io.namespace(for: "/x-1") == nil)
        #expect(io.connectionCount == 1)
    }

    @Test func `further clients are refused while too many predicates run`() async throws {
        let (io, client) = serve { $0.maximumNamespaceQuestions = 1 }
        let gate = Gate()
        let family = io.namespaces { _, _ in
            await gate.wait()
            return true
        }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send("40/x-1,")
        try await webSocket.send("40/x-2,")
        #expect(try await webSocket.next() == .text(#"44/x-2,{"message":"Too many clients are waiting"}"#))
        gate.open()
        try await client.wait(for: "the namespace") { family.namespaces.first?.socketCount == 1 }
        guard case .text(let text) = try await webSocket.next() else { throw TestError.closed }
        #expect(text.hasPrefix("40/x-1,"))
    }

    @Test func `a second CONNECT while the predicate is asked closes the connection`() async throws {
        let (io, client) = serve()
        let gate = Gate()
        _ = io.namespaces { _, _ in
            await gate.wait()
            return true
        }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send("40/x-1,")
        try await webSocket.send("40/x-1,")
        #expect(try await webSocket.next() == .close(nil))
        gate.open()
        await client.settle()
        #expect(io.namespace(for: "/x-1") == nil)
    }

    @Test func `the answer reaches a connection that has moved to another loop meanwhile`() throws {
        let io = SocketIO()
        let loops = TwoLoops(io)
        let gate = Gate()
        let family = io.namespaces { _, _ in
            await gate.wait()
            return true
        }
        let target = try loops.open()
        _ = try loops.ask(target, by: .post, body: "40/x-1,", on: loops.first)
        #expect(family.questionCount == 1)
        let webSocket = try loops.candidate(target, on: loops.second)
        try loops.second.turn { try webSocket.send(.text("2probe")) }
        loops.settle()
        #expect(webSocket.take() == .text("3probe"))
        try loops.second.turn { try webSocket.send(.text("5")) }
        loops.settle()
        #expect(io.connections.all.allSatisfy { $0.shard.eventLoop === loops.second })
        gate.open()
        loops.settle()
        #expect(family.namespaces.map(\.socketCount) == [1])
        guard case .text(let text)? = webSocket.take() else { throw TestError.closed }
        #expect(text.hasPrefix("40/x-1,"))
    }

    @Test func `names that are asked about count as namespaces of the client`() async throws {
        let (io, client) = serve { $0.maximumNamespaces = 2 }
        let gate = Gate()
        _ = io.namespaces { _, _ in
            await gate.wait()
            return true
        }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send("40/x-1,")
        try await webSocket.send("40/x-2,")
        #expect(try await webSocket.next() == .text(#"44/x-2,{"message":"Too many namespaces"}"#))
        gate.open()
    }
}
