import GustCluster
import GustContract
import GustHTTP
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// `compress(false)`: which messages a WebSocket with compression may compress.
@Suite(.leavesNothing) struct CompressionFlagTests {
    private typealias Message = RecordingWebSocket.Message

    private static func server(_ change: (inout SocketIOSettings) -> Void = { _ in }) -> SocketIO {
        var settings = SocketIOSettings()
        settings.deflate = WebSocketDeflate()
        change(&settings)
        return SocketIO(settings)
    }

    private let io = Self.server()

    /// Opens a WebSocket and calls `body` on its loop; the messages that it has received then.
    private static func messages(_ io: SocketIO, _ body: (Socket, RecordingWebSocket) -> Void) throws -> [Message] {
        let loops = TwoLoops(io)
        let webSocket = try loops.record()
        let socket = try #require(io.connections.all.first?.rootSocket)
        loops.first.turn { body(socket, webSocket) }
        loops.settle()
        defer { loops.first.turn { webSocket.end() } }
        return webSocket.take()
    }

    @Test func `only the events and messages of compress(false) aren't compressed`() throws {
        let messages = try Self.messages(io) { socket, _ in
            socket.emit("a", 1)
            let plain = socket.compress(false)
            plain.emit("b", 2)
            plain.emit(ServerEvent<Int, Never>("c"), 3)
            plain.volatile.emit("d", arguments: Arguments())
            plain.send(.text("e"))
            socket.volatile.compress(false).emit("f")
            plain.compress(true).emit("g")
            socket.volatile.emit("h")
        }
        #expect(
            messages == [
                Message(text: #"42["a",1]"#), Message(text: #"42["b",2]"#, isCompressible: false),
                Message(text: #"42["c",3]"#, isCompressible: false), Message(text: #"42["d"]"#, isCompressible: false),
                Message(text: #"42["message","e"]"#, isCompressible: false),
                Message(text: #"42["f"]"#, isCompressible: false), Message(text: #"42["g"]"#),
                Message(text: #"42["h"]"#),
            ]
        )
    }

    @Test func `the attachments of an event aren't compressed either`() throws {
        let messages = try Self.messages(io) { socket, _ in
            socket.compress(false).emit("image", ByteBuffer(repeating: 1, count: 2_000))
        }
        #expect(messages.map(\.isCompressible) == [false, false])
        #expect(messages.last?.text == "<2000 bytes>")
    }

    @Test func `an event that waits until the WebSocket is writable isn't compressed`() throws {
        let messages = try Self.messages(io) { socket, webSocket in
            webSocket.setWritable(false)
            socket.emit("a")
            socket.compress(false).emit("b")
            socket.namespace.everybody.compress(false).emit("c")
            socket.compress(false).volatile.emit("dropped")
            socket.emit("d")
            webSocket.setWritable(true)
        }
        #expect(
            messages == [
                Message(text: #"42["a"]"#), Message(text: #"42["b"]"#, isCompressible: false),
                Message(text: #"42["c"]"#, isCompressible: false), Message(text: #"42["d"]"#),
            ]
        )
    }

    @Test func `a broadcast with compress(false) isn't compressed, with and without acknowledgements`() throws {
        let messages = try Self.messages(io) { socket, _ in
            socket.namespace.emit("a")
            socket.namespace.everybody.compress(false).emit("b")
            socket.namespace.to(socket.id).compress(false).send(.text("c"))
            _ = try? socket.namespace.everybody.compress(false).emitWithAcknowledgement("d")
        }
        #expect(messages.map(\.isCompressible) == [true, false, false, false])
    }

    @Test func `events of other threads and of recoverable sockets aren't compressed`() throws {
        let io = Self.server { $0.recovery = SocketIOSettings.Recovery() }
        let loops = TwoLoops(io)
        let webSocket = try loops.record()
        let socket = try #require(io.connections.all.first?.rootSocket)
        socket.compress(false).emit("posted")
        loops.settle()
        loops.first.turn { socket.compress(false).emit("sent") }
        #expect(webSocket.take().map(\.isCompressible) == [false, false])
        loops.first.turn { webSocket.end() }
    }

    @Test func `the flag crosses the cluster`() throws {
        let bus = LoopbackBus()
        let servers = ["a", "b"].map { name in
            Self.server { $0.adapter = { ClusterAdapter($0, bus: bus, node: name) } }
        }
        for server in servers { _ = server["/"] }
        let messages = try Self.messages(servers[1]) { _, _ in
            servers[0].everybody.compress(false).emit("a")
            servers[0].emit("b")
        }
        #expect(messages == [Message(text: #"42["a"]"#, isCompressible: false), Message(text: #"42["b"]"#)])
    }

    @Test func `without compression the flag changes nothing`() throws {
        let io = Self.server { $0.deflate = nil }
        let messages = try Self.messages(io) { socket, _ in
            socket.compress(false).emit("a")
            socket.namespace.everybody.compress(false).emit("b")
        }
        #expect(messages == [Message(text: #"42["a"]"#), Message(text: #"42["b"]"#)])
    }

    @Test func `a poll has the event too`() async throws {
        let client = TestClient(EndpointHarness(io))
        let target = try await client.pollingSession()
        io.everybody.compress(false).emit("a")
        #expect(try await client.get(target).text == #"42["a"]"#)
    }
}
