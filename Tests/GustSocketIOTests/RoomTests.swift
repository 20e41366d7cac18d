import GustHTTP
import GustWire
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO
@testable import GustTesting

/// The rooms of a socket: reading them, their bounds, and the comparison of their names.
@Suite(.leavesNothing) struct RoomTests {
    private func serve(_ change: (inout SocketIOSettings) -> Void = { _ in }) -> (SocketIO, TestClient) {
        var settings = SocketIOSettings()
        change(&settings)
        let io = SocketIO(settings)
        return (io, TestClient(EndpointHarness(io)))
    }

    private func socket(of io: SocketIO, _ client: TestClient) async throws -> Socket {
        _ = try await client.joinedWebSocket()
        return try #require(await io.everybody.sockets().first)
    }

    // MARK: Reading

    @Test func `the rooms of a socket can be read on any thread`() async throws {
        let (io, client) = serve()
        let socket = try await socket(of: io, client)
        try await client.onLoop {
            socket.join("b"); socket.join("a")
        }
        // This task isn't on the socket's loop.
        #expect(socket.rooms == ["a", "b", socket.id])
    }

    @Test func `the rooms can be read after a move to another loop`() throws {
        let io = SocketIO()
        let loops = TwoLoops(io)
        io.onConnect { $0.join("lobby") }
        let (_, webSocket) = try loops.probe()
        try loops.second.turn { try webSocket.send(.text("5")) }
        loops.settle()
        let moved = try #require(io.connections.all.first?.sockets.first)
        // An async handler continues on the first loop.
        #expect(loops.first.turn { moved.rooms } == ["lobby", moved.id])
    }

    // MARK: Selecting

    @Test func `to and in select the same sockets`() async throws {
        let (io, client) = serve()
        io.onConnect { socket in if socket.handshake.query["room"] == "a" { socket.join("a") } }
        let inside = try await client.open(query: "&room=a")
        let outside = try await client.open()
        try await client.onLoop {
            io.everybody.in("a").emit("in")
            io.everybody.to("a").emit("to")
        }
        #expect(try await inside.next() == .event("in", []))
        #expect(try await inside.next() == .event("to", []))
        #expect(try await outside.nextIfAny() == nil)
    }

    @Test func `a broadcast sends encoded arguments with their attachments`() async throws {
        let (io, client) = serve()
        let socket = try await client.open()
        let bytes = ByteBuffer(bytes: [1, 2, 3])
        let arguments = try Arguments.encoding("a", 1, bytes)
        #expect(arguments.count == 3)
        #expect(arguments.attachments == [bytes])
        try await client.onLoop { io.everybody.emit("news", arguments: arguments) }
        let placeholder = #"{"_placeholder":true,"num":0}"#
        #expect(try await socket.next() == .event("news", [#""a""#, "1", placeholder], attachments: [bytes]))
    }

    // MARK: Bytes

    @Test func `canonically equal names are different rooms`() async throws {
        let (io, client) = serve()
        let webSocket = try await client.joinedWebSocket()
        let socket = try #require(await io.everybody.sockets().first)
        try await client.onLoop {
            socket.join("caf\u{E9}")
            socket.join("cafe\u{301}")
            socket.leave("caf\u{E9}")
            io.to("caf\u{E9}").emit("composed")
            io.to("cafe\u{301}").emit("decomposed")
            io["/"].except("caf\u{E9}").emit("others")
        }
        #expect(socket.rooms.count == 2)
        #expect(try await webSocket.nextIfAny() == .text(#"42["decomposed"]"#))
        #expect(try await webSocket.nextIfAny() == .text(#"42["others"]"#))
        #expect(try await webSocket.nextIfAny() == nil)
    }

    @Test func `canonically equal names are different events`() async throws {
        let (io, client) = serve()
        io["/"].on("\u{212B}ngstrom") { (_: Socket) in "sign" }
        io.onConnect { socket in
            socket.on("A\u{30A}ngstrom") { "decomposed" }
            socket.on("\u{C5}ngstrom") { "letter" }
        }
        let socket = try await client.open()
        // The first two have names of the same length in bytes.
        #expect(try await socket.emitWithAcknowledgement("\u{212B}ngstrom") == [#""sign""#])
        #expect(try await socket.emitWithAcknowledgement("A\u{30A}ngstrom") == [#""decomposed""#])
        #expect(try await socket.emitWithAcknowledgement("\u{C5}ngstrom") == [#""letter""#])
    }

    @Test func `canonically equal names are different namespaces`() async throws {
        let (io, client) = serve()
        #expect(io["/caf\u{E9}"] !== io["/cafe\u{301}"])
        _ = try await client.open(namespace: "/cafe\u{301}")
        #expect(io["/caf\u{E9}"].socketCount == 0)
        #expect(io["/cafe\u{301}"].socketCount == 1)
        // A slash is recognised although a combining mark follows it.
        #expect(io["/\u{301}"].name.utf8.elementsEqual("/\u{301}".utf8))
    }

    // MARK: Bounds

    @Test func `a room beyond the bound isn't joined, and the error is reported`() async throws {
        let (io, client) = serve { $0.maximumRooms = 2 }
        let errors = Recorded<RoomError>()
        io.onError { error, _, event in
            if let error = error as? RoomError, event == "join" { errors.add(error) }
        }
        let socket = try await socket(of: io, client)
        try await client.onLoop { for room in ["a", "b", "b", "c", socket.id] { socket.join(room) } }
        #expect(socket.rooms == ["a", "b", socket.id])
        #expect(errors.all == [.tooManyRooms])
        try await client.onLoop {
            socket.leave("a"); socket.join("c")
        }
        #expect(socket.rooms == ["b", "c", socket.id])
    }

    @Test func `a room whose name is too long isn't joined, and the error is reported`() async throws {
        let (io, client) = serve { $0.maximumNameLength = 4 }
        let errors = Recorded<RoomError>()
        io.onError { error, _, _ in
            if let error = error as? RoomError { errors.add(error) }
        }
        let socket = try await socket(of: io, client)
        try await client.onLoop {
            socket.join("four"); socket.join("cinq\u{301}")
        }
        #expect(socket.rooms == ["four", socket.id])
        #expect(errors.all == [.nameTooLong])
    }

    @Test func `a namespace whose name is too long is refused`() async throws {
        let (io, client) = serve { $0.maximumNameLength = 8 }
        _ = io.namespaces { _ in true }
        _ = try await client.open(namespace: "/1234567")
        await #expect {
            try await client.open(namespace: "/12345678")
        } throws: { "\($0)".contains("Invalid namespace") }
    }

    @Test func `a connection can't join more dynamic namespaces than its bound`() async throws {
        let (io, client) = serve { $0.maximumDynamicNamespacesPerConnection = 2 }
        _ = io.namespaces { $0.hasPrefix("/dyn-") }
        let webSocket = try await client.joinedWebSocket()
        for number in 1...3 { try await webSocket.send("40/dyn-\(number),") }
        for number in 1...2 {
            guard case .text(let text) = try await webSocket.next() else { throw TestError.closed }
            #expect(text.hasPrefix("40/dyn-\(number),{"))
        }
        #expect(try await webSocket.next() == .text(#"44/dyn-3,{"message":"Too many namespaces"}"#))
        #expect(io.namespace(for: "/dyn-3") == nil)
        try await webSocket.send("41/dyn-1,")
        try await webSocket.send("40/dyn-3,")
        guard case .text(let text) = try await webSocket.next() else { throw TestError.closed }
        #expect(text.hasPrefix("40/dyn-3,{"))
    }

    @Test func `a dynamic namespace whose only client is refused is removed`() async throws {
        let (io, client) = serve()
        io.namespaces { $0.hasPrefix("/dyn-") }.use { (_: Socket) throws in throw ConnectError("no") }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send("40/dyn-1,")
        #expect(try await webSocket.next() == .text(#"44/dyn-1,{"message":"no"}"#))
        #expect(io.namespace(for: "/dyn-1") == nil)
    }

    @Test func `a dynamic namespace is kept while middleware decides about its only client`() async throws {
        let (io, client) = serve()
        let gate = Gate()
        io.namespaces { $0.hasPrefix("/dyn-") }.use { (socket: Socket) async in
            if socket.auth != nil { await gate.wait() }
        }
        let waiting = try await client.joinedWebSocket()
        try await waiting.send(#"40/dyn-1,{"wait":true}"#)
        let first = try #require(io.namespace(for: "/dyn-1"))
        let other = try await client.open(namespace: "/dyn-1")
        try await other.disconnect()
        await client.settle()
        gate.open()
        await client.settle()
        #expect(io.namespace(for: "/dyn-1") === first)
        #expect(first.socketCount == 1)
    }
}

/// A list that handlers on a loop add to.
final class Recorded<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    var all: [Element] { elements.withLock { $0 } }
    func add(_ element: Element) { elements.withLock { $0.append(element) } }

    /// Removes and returns the elements.
    func take() -> [Element] {
        elements.withLock { elements in
            defer { elements = [] }
            return elements
        }
    }
}
