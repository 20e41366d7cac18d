import GustAdapter
import GustContract
import GustTesting
import GustWire
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO

/// Handlers, rooms and acknowledgements of sockets, as documented.
@Suite(.leavesNothing) struct SocketEventsTests {
    private let io = SocketIO()
    private let client: TestClient
    private let log = Log()

    init() { client = TestClient(EndpointHarness(io)) }

    /// Opens a WebSocket that has joined `/`; returns it with its socket.
    private func join() async throws -> (TestWebSocket, Socket) {
        let webSocket = try await client.joinedWebSocket()
        return (webSocket, try #require(await io.everybody.sockets().first))
    }

    // MARK: Typed events

    @Test func `the result of a typed event's handler is its acknowledgement, also of an async one`() async throws {
        let length = ClientEvent<String, Int>("length")
        let later = ClientEvent<String, Int>("later")
        let nothing = ClientEvent<String, Never>("nothing")
        io.onConnect { [log] socket in
            socket.on(length) { text in text.count }
            socket.on(later) { text async throws in
                await Task.yield()
                return text.count
            }
            socket.on(nothing) { text in log.add(text) }
        }
        let socket = try await client.open()
        #expect(try await socket.emitWithAcknowledgement("length", "four") == ["4"])
        #expect(try await socket.emitWithAcknowledgement("later", "three") == ["5"])
        #expect(try await socket.emitWithAcknowledgement("nothing", "x") == [])
        #expect(log.lines == ["x"])
    }

    // MARK: Handlers

    @Test func `onAny is called before the handlers of a name, and off removes those`() async throws {
        io.onConnect { [log] socket in
            socket.on("one") { log.add("one") }
            socket.on("two") { log.add("two") }
            socket.onAny { event in log.add("any \(event.name)") }
        }
        let (webSocket, socket) = try await join()
        try await webSocket.send(#"42["one"]"#)
        try await webSocket.send(#"42["other"]"#)
        #expect(log.lines == ["any one", "one", "any other"])
        try await client.onLoop { socket.off("one") }
        try await webSocket.send(#"42["one"]"#)
        try await webSocket.send(#"42["two"]"#)
        #expect(log.lines.dropFirst(3) == ["any one", "any two", "two"])
    }

    @Test func `the event message is a message only if it has no handler`() async throws {
        io.onConnect { [log] socket in socket.onMessage { _ in log.add("message") } }
        let (webSocket, socket) = try await join()
        try await webSocket.send(#"42["message","x"]"#)
        #expect(log.lines == ["message"])
        _ = try await client.onLoop { [log] in socket.on("message") { (_: String) in log.add("event") } }
        try await webSocket.send(#"42["message","x"]"#)
        #expect(log.lines == ["message", "event"])
    }

    @Test func `a message of 0.6 that stands for an event reaches a handler of the namespace`() async throws {
        io["/"].on("say") { [log] (_: Socket, text: String) in log.add(text) }
        let socket = try await client.open(over: .webSocket, speaking: .socketIO06)
        try await socket.send(.json(try JSONSlice(validating: ByteBuffer(string: #"{"name":"say","args":["hi"]}"#))))
        #expect(log.lines == ["hi"])
    }

    @Test func `the connect handlers of a family are called for each of its namespaces`() async throws {
        io.namespaces { $0.hasPrefix("/dyn-") }.onConnect { [log] socket in log.add(socket.namespace.name) }
        let webSocket = try await client.joinedWebSocket()
        for name in ["/dyn-1", "/dyn-2"] { try await webSocket.send("40\(name),") }
        #expect(log.lines == ["/dyn-1", "/dyn-2"])
    }

    @Test(arguments: ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])
    func `a reserved name is reported and never sent`(name: String) async throws {
        let (webSocket, socket) = try await join()
        io.onError { [log] error, socket, event in log.add("\(event) \(socket == nil) \(error is ReservedName)") }
        try await client.onLoop { [io] in
            socket.emit(name)
            socket.volatile.emit(name)
            io.emit(name)
        }
        #expect(log.lines == ["\(name) false true", "\(name) false true", "\(name) true true"])
        #expect(try await webSocket.nextIfAny() == nil)
    }

    // MARK: Acknowledgements

    @Test func `a disconnect fails all outstanding acknowledgements at once`() async throws {
        let (webSocket, socket) = try await join()
        try await client.onLoop { [log] in
            for number in 0..<2 {
                socket.emit("ask", arguments: Arguments()) { log.add("\(number) \($0)") }
            }
        }
        try await webSocket.send("430[]")
        try await webSocket.close()
        #expect(log.lines.count == 2)
        #expect(log.lines.first?.hasPrefix("0 success") == true)
        #expect(log.lines.last == "1 failure(GustAdapter.SocketError.disconnected)")
        await client.advance(by: .seconds(60))
        #expect(log.lines.count == 2)
        await #expect(throws: SocketError.disconnected) { try await socket.emitWithAcknowledgement("ask") }
    }

    @Test func `neither a received nor an outstanding acknowledgement retains a socket`() async throws {
        let webSocket = try await client.joinedWebSocket()
        try await client.onLoop { [io] in
            for socket in io.connections.all.flatMap(\.sockets) {
                for _ in 0..<2 { socket.emit("ask", arguments: Arguments()) { _ in } }
            }
        }
        try await webSocket.send("430[]")
        try await webSocket.close()
        await client.settle()
        #expect(io.statistics.sockets == 0)
        #expect(io.statistics.liveConnections == 0)
    }

    // MARK: Leaving

    @Test func `a disconnected socket sends nothing, and its client may rejoin`() async throws {
        let (webSocket, socket) = try await join()
        try await client.onLoop { [log] in
            socket.onDisconnect { log.add($0.rawValue) }
            socket.disconnect()
            socket.emit("late")
            socket.disconnect()
        }
        #expect(try await webSocket.nextIfAny() == .text("41"))
        #expect(try await webSocket.nextIfAny() == nil)
        #expect(log.lines == ["server namespace disconnect"])
        try await webSocket.send("40")
        guard case .text(let answer) = try await webSocket.nextIfAny() else { throw TestError.closed }
        #expect(answer.hasPrefix("40{"))
    }

    @Test func `closing a connection disconnects its sockets with the reason`() async throws {
        let (webSocket, socket) = try await join()
        try await client.onLoop { [log] in
            socket.onDisconnect { log.add($0.rawValue) }
            socket.disconnect(closingConnection: true)
        }
        #expect(try await webSocket.nextIfAny() == .text("41"))
        #expect(try await webSocket.nextIfAny() == .close(nil))
        #expect(log.lines == ["forced server close"])
    }

    // MARK: Rooms

    @Test func `the rooms of a socket are those that it has joined, and that of its id`() async throws {
        let (_, socket) = try await join()
        let rooms = try await client.onLoop {
            socket.leave(socket.id)
            for room in ["a", "b", "a", socket.id] { socket.join(room) }
            socket.leave("b")
            return socket.rooms
        }
        #expect(rooms == ["a", socket.id])
        // The room of a socket's id has no list of members.
        let names = try await client.onLoop { [io] in
            io.shards.all.flatMap { $0.existingMembership(of: io["/"].local)?.roomNames ?? [] }
        }
        #expect(names == ["a"])
    }

    @Test func `a broadcast to rooms reaches each socket once, except those in excluded rooms`() async throws {
        let webSockets = [try await client.joinedWebSocket(), try await client.joinedWebSocket()]
        try await client.onLoop { [io] in
            let sockets = io.connections.all.flatMap(\.sockets)
            for socket in sockets { for room in ["a", "b"] { socket.join(room) } }
            io.to("a", "b").to(sockets[0].id).emit("all")
            io.to("a").except("b").except("c").emit("nobody")
            io["/"].except("b", "c").emit("nobody")
            for socket in sockets { socket.leave("b") }
            io.to("b").emit("nobody")
            io.to("a").except("b").emit("again")
        }
        for webSocket in webSockets {
            #expect(try await webSocket.nextIfAny() == .text(#"42["all"]"#))
            #expect(try await webSocket.nextIfAny() == .text(#"42["again"]"#))
            #expect(try await webSocket.nextIfAny() == nil)
        }
    }

    @Test func `a disconnected socket is in no room`() async throws {
        let (webSocket, socket) = try await join()
        try await client.onLoop { socket.join("room") }
        try await webSocket.send("41")
        try await client.onLoop { [io] in
            socket.join("room")
            io.to("room").emit("news")
            io.to(socket.id).emit("news")
        }
        #expect(try await webSocket.nextIfAny() == nil)
        let rooms = try await client.onLoop { [io] in
            io.shards.all.flatMap { $0.existingMembership(of: io["/"].local)?.roomNames ?? [] }
        }
        #expect(rooms == [])
    }
}

private final class Log: Sendable {
    private let state = Mutex<[String]>([])
    var lines: [String] { state.withLock { $0 } }
    func add(_ line: String) { state.withLock { $0.append(line) } }
}
