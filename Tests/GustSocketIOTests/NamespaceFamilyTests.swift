import GustHTTP
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// Families of namespaces, and the one look-up of a namespace by name.
@Suite(.leavesNothing) struct NamespaceFamilyTests {
    private let io = SocketIO()
    private let client: TestClient
    private let log = Recorded<String>()

    init() { client = TestClient(EndpointHarness(io)) }

    /// Joins a namespace on an open WebSocket, and returns the packet that answers.
    private func join(_ name: String, _ webSocket: TestWebSocket) async throws -> TestWebSocket.Message {
        try await webSocket.send("40\(name),")
        return try await webSocket.next()
    }

    // MARK: Expressions

    @Test func `an expression must match the whole name, and its captures are those of the namespace`() async throws {
        let family = try io.namespaces(matching: #"/room-(?P<number>\d+)(-[a-z]+)?"#)
        family.on("which") { (socket: Socket) in
            let captures = socket.namespace.captures
            return [captures["number"] ?? "none", captures[0] ?? "none"]
        }
        let one = try await client.open(namespace: "/room-7")
        let two = try await client.open(namespace: "/room-8-b")
        #expect(try await one.emitWithAcknowledgement("which") == [#"["7","none"]"#])
        #expect(try await two.emitWithAcknowledgement("which") == [#"["8","-b"]"#])
        let webSocket = try await client.joinedWebSocket()
        for name in ["/room-7\u{301}", "/room-7-B", "/a/room-7", "/room-"] {
            #expect(try await join(name, webSocket) == .text(#"44\#(name),{"message":"Invalid namespace"}"#))
        }
    }

    @Test func `the short form of routes and a percent sign are matched as in a path`() async throws {
        let family = try io.namespaces(matching: "/of/:user/%25")
        family.on("who") { (socket: Socket) in socket.namespace.captures["user"] }
        let socket = try await client.open(namespace: "/of/a%2Fb/%")
        #expect(try await socket.emitWithAcknowledgement("who") == [#""a%2Fb""#])
    }

    @Test func `an expression that can't be compiled is refused with the place of the mistake`() {
        #expect {
            _ = try io.namespaces(matching: "/room-(")
        } throws: {
            "\($0)".contains("parenthesis") && "\($0)".contains("/room-(")
        }
        #expect {
            _ = try io.namespaces(matching: "room")
        } throws: {
            "\($0)".contains("begins with")
        }
    }

    // MARK: One look-up

    @Test func `a look-up by name returns the namespace that a client's CONNECT has made`() async throws {
        let family = io.namespaces { $0.hasPrefix("/x-") }
        let socket = try await client.open(namespace: "/x-1")
        let namespace = io["/x-1"]
        #expect(namespace.socketCount == 1)
        #expect(io["x-1"] === namespace)
        #expect(family.namespaces.map(\.name) == ["/x-1"])
        namespace.emit("hello")
        #expect(try await socket.next() == .event("hello", []))
    }

    @Test func `a client joins the namespace that the program has named, with the handlers of both, and it stays`()
        async throws
    {
        let family = io.namespaces { $0.hasPrefix("/x-") }
        let named = io["/x-1"]
        family.use { [log] (_: Socket) throws in log.add("family asked") }
        named.use { [log] (_: Socket) throws in log.add("namespace asked") }
        family.onConnect { [log] _ in log.add("family") }
        named.onConnect { [log] _ in log.add("namespace") }
        family.on("e") { [log] (_: Socket) in log.add("family e") }
        named.on("e") { [log] (_: Socket) in log.add("namespace e") }
        named.onAny { [log] _, event in log.add("any \(event.name)") }
        let socket = try await client.open(namespace: "/x-1")
        try await socket.emit("e")
        #expect(
            log.all == [
                "family asked", "namespace asked", "family", "namespace", "any e", "family e", "namespace e",
            ]
        )
        #expect(named.socketCount == 1)
        try await socket.disconnect()
        await client.settle()
        #expect(named.socketCount == 0)
        #expect(io.namespace(for: "/x-1") === named)
    }

    @Test func `a name that a family accepts belongs to the first such family, and the root to none`() async throws {
        let first = io.namespaces { $0.hasPrefix("/x-") }
        let second = io.namespaces { _ in true }
        _ = try await client.open(namespace: "/x-1")
        _ = try await client.open(namespace: "/y-1")
        #expect(first.namespaces.map(\.name) == ["/x-1"])
        #expect(second.namespaces.map(\.name) == ["/y-1"])
        _ = try await client.open()
        #expect(io["/"].family == nil)
    }

    @Test func `a namespace that was named before a family is declared doesn't belong to it`() async throws {
        let named = io["/x-1"]
        let family = io.namespaces { $0.hasPrefix("/x-") }
        family.use { (_: Socket) throws in throw ConnectError("no") }
        _ = try await client.open(namespace: "/x-1")
        #expect(named.socketCount == 1)
        #expect(family.namespaces.isEmpty)
    }

    @Test func `a predicate may look a namespace up`() async throws {
        _ = io.namespaces { [io] name in name.hasPrefix("/x-") && io["/open"].socketCount == 0 }
        _ = try await client.open(namespace: "/x-1")
        #expect(io.namespace(for: "/x-1")?.socketCount == 1)
    }

    @Test func `the namespaces that exist now are listed`() async throws {
        _ = io["/"]
        _ = io["/named"]
        _ = io.namespaces { $0.hasPrefix("/x-") }
        let socket = try await client.open(namespace: "/x-1")
        #expect(Set(io.namespaces.map(\.name)) == ["/", "/named", "/x-1"])
        try await socket.disconnect()
        await client.settle()
        #expect(Set(io.namespaces.map(\.name)) == ["/", "/named"])
    }

    // MARK: Events

    @Test func `a namespace that is made or removed is announced, and the root isn't`() async throws {
        io.onNamespace { [log] in
            log.add("created \($0.name)")
        } removed: { [log] in
            log.add("removed \($0.name)")
        }
        _ = io.namespaces { $0.hasPrefix("/x-") }
        io.onNamespace(created: { [log, io] in log.add(io[$0.name] === $0 ? "same" : "other") })
        _ = io["/named"]
        _ = io["/named"]
        let socket = try await client.open(namespace: "/x-1")
        let other = try await client.open(namespace: "/x-1")
        try await socket.disconnect()
        try await other.disconnect()
        _ = try await client.open()
        await client.settle()
        #expect(log.all == ["created /named", "same", "created /x-1", "same", "removed /x-1"])
    }

    // MARK: Broadcasts

    @Test func `a broadcast to a family reaches its namespaces, and no other`() async throws {
        let family = io.namespaces { $0.hasPrefix("/x-") }
        family.onConnect { $0.join("all", $0.namespace.name) }
        let one = try await client.open(namespace: "/x-1")
        let two = try await client.open(namespace: "/x-2")
        _ = io["/y"]
        let other = try await client.open(namespace: "/y")
        let later = family.to("all")
        let three = try await client.open(namespace: "/x-3")
        later.emit("a", 1)
        family.except("/x-2").emit("b")
        family.everybody.send(.text("m"))
        #expect(try await one.next() == .event("a", ["1"]))
        #expect(try await one.next() == .event("b", []))
        #expect(try await one.nextMessage() == .text("m"))
        #expect(try await two.next() == .event("a", ["1"]))
        #expect(try await two.nextMessage() == .text("m"))
        #expect(try await three.next() == .event("a", ["1"]))
        #expect(try await other.nextIfAny() == nil)
    }

    @Test func `a broadcast to a family without namespaces ends at once`() async throws {
        let family = io.namespaces { $0.hasPrefix("/x-") }
        family.emit("a")
        #expect(try await family.everybody.emitWithAcknowledgement("a").all().isEmpty)
        #expect(await family.everybody.sockets().isEmpty)
        #expect(await family.everybody.fetchSockets().sockets.isEmpty)
    }

    // MARK: Handlers

    @Test func `middleware and handlers of a namespace are removed by their tokens`() async throws {
        io["/"].off(io["/"].use { (_: Socket) throws in throw ConnectError("no") })
        io["/"].off(io.onConnect { [log] _ in log.add("connect") })
        let first = io["/"].on("e") { [log] (_: Socket) in log.add("first") }
        io["/"].on("e") { [log] (_: Socket) in log.add("second") }
        let any = io["/"].onAny { [log] _, _ in log.add("any") }
        io["/"].off(first)
        let one = try await client.open()
        io["/"].off(any)
        let two = try await client.open()
        try await one.emit("e")
        #expect(log.all == ["any", "second"])
        try await two.emit("e")
        #expect(log.all == ["any", "second", "second"])
    }

    // MARK: Sockets and rooms

    @Test func `a connected socket is found by its id on any thread`() async throws {
        let middleware = Recorded<Bool>()
        io["/"].use { (socket: Socket) throws in
            middleware.add(socket.namespace.socket(socket.id) == nil)
            socket.onDisconnect { _ in middleware.add(socket.namespace.socket(socket.id) == nil) }
        }
        let socket = try await client.open()
        let found = try #require(io["/"].socket(socket.id))
        #expect(found.isConnected)
        #expect(io["/"].socket("nobody") == nil)
        #expect(io["/other"].socket(socket.id) == nil)
        try await socket.disconnect()
        #expect(middleware.all == [true, true])
    }

    @Test func `the rooms that have sockets are listed, ordered by their bytes`() async throws {
        io.onConnect { socket in
            socket.on("join") { (room: String) in
                socket.join(room)
                return true
            }
        }
        let socket = try await client.open()
        for room in ["caf\u{E9}", "cafe\u{301}", "a"] { _ = try await socket.emitWithAcknowledgement("join", room) }
        let rooms = await io["/"].rooms()
        #expect(rooms.map { Array($0.utf8) } == ["a", "cafe\u{301}", "caf\u{E9}"].map { Array($0.utf8) })
        try await socket.close()
        #expect(await io["/"].rooms().isEmpty)
    }
}
