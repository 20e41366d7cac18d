import GustHTTP
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// Clients of an endpoint whose packets are MessagePack.
@Suite(.leavesNothing) struct MessagePackEndpointTests {
    private let io: SocketIO
    private let client: TestClient
    private let codec: any Codec

    init() {
        var settings = SocketIOSettings()
        settings.parser = .messagePack
        io = SocketIO(settings)
        codec = Revision.engineIO4.makeCodec(.socketIO, settings.payloadLimits)
        io.onConnect { socket in
            socket.on("echo") { (event: ReceivedEvent) in socket.emit("echo", arguments: event.arguments) }
            socket.on("sum") { (a: Int, b: Int) in a + b }
        }
        client = TestClient(EndpointHarness(io))
    }

    private func bytes(_ packet: Packet) throws -> ByteBuffer {
        try #require(codec.attachments(of: packet).first)
    }

    private func event(_ name: String, _ json: String, id: Int? = nil, _ attachments: [ByteBuffer] = []) -> Packet {
        let arguments = Arguments(trusted: ByteBuffer(string: json), attachments: attachments)
        return .event(namespace: "/", id: id, name: name, arguments: arguments)
    }

    /// Opens a WebSocket that has joined `/`.
    private func join() async throws -> TestWebSocket {
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await webSocket.next()
        try await webSocket.send(bytes(.connect(namespace: "/", query: nil, payload: nil)))
        guard case .binary(let answer) = try await webSocket.next() else { throw TestError.closed }
        #expect(answer.readableBytesView.starts(with: [0x83, 0xA4] + "type".utf8 + [0x00]))
        return webSocket
    }

    @Test func `events and acknowledgements are binary messages`() async throws {
        let webSocket = try await join()
        let echo = event("echo", #"1,{"_placeholder":true,"num":0}"#, [ByteBuffer(bytes: [1, 2])])
        try await webSocket.send(bytes(echo))
        #expect(try await webSocket.next() == .binary(bytes(echo)))
        try await webSocket.send(bytes(event("sum", "1,2", id: 9)))
        let three = Packet.acknowledgement(
            namespace: "/",
            id: 9,
            arguments: Arguments(trusted: ByteBuffer(string: "3"))
        )
        #expect(try await webSocket.next() == .binary(bytes(three)))
    }

    @Test func `a broadcast reaches clients of every revision in their form`() async throws {
        let webSocket = try await join()
        let old = try await client.open(over: .webSocket, speaking: .engineIO3)
        io.emit("news", "a")
        #expect(try await webSocket.next() == .binary(bytes(event("news", #""a""#))))
        #expect(try await old.next() == .event("news", [#""a""#]))
    }

    @Test func `over polling packets are base64`() async throws {
        let target = "/socket.io/?EIO=4&transport=polling"
        let sid = try #require(try await client.get(target).text.firstMatch(of: /"sid":"([^"]+)"/)).1
        // {"type":0,"nsp":"/"}
        #expect(try await client.post("\(target)&sid=\(sid)", body: "bgqR0eXBlAKNuc3ChLw==").text == "ok")
        #expect(try await client.get("\(target)&sid=\(sid)").text.hasPrefix("bg6R0eXBlAKNuc3ChL6RkYXRhgaNzaWS0"))
    }

    @Test func `a packet in JSON closes the connection`() async throws {
        let webSocket = try await join()
        try await webSocket.send(#"42["echo"]"#)
        #expect(try await webSocket.next() == .close(nil))
        #expect(io.connectionCount == 0)
    }
}
