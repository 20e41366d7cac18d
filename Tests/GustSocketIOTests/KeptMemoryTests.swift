import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// Values that outlive a read must not retain the buffer of which they were slices.
@Suite(.leavesNothing) struct KeptMemoryTests {
    private let io = SocketIO()
    private let client: TestClient

    init() { client = TestClient(EndpointHarness(io)) }

    /// A frame that is a slice of a buffer of 64 KiB.
    private static func slice(_ text: String) -> ByteBuffer {
        var read = ByteBuffer(repeating: 0x20, count: 65_536 - text.utf8.count)
        read.writeString(text)
        read.moveReaderIndex(forwardBy: 65_536 - text.utf8.count)
        return read
    }

    /// Opens a connection that has joined no namespace.
    private func connection() async throws -> Connection {
        _ = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        return try #require(io.connections.all.first)
    }

    private func receive(_ frames: Frame..., by connection: Connection) async throws {
        try await client.onLoop { for frame in frames { connection.receive(frame) } }
    }

    @Test func `a socket keeps a copy of the payload of CONNECT`() async throws {
        let connection = try await connection()
        try await receive(.text(Self.slice(#"40{"token":"secret"}"#)), by: connection)
        let auth = try #require(connection.sockets.first?.auth)
        #expect(auth.description == #"{"token":"secret"}"#)
        #expect(auth.bytes.storageCapacity <= 64)
    }

    @Test func `attachments, and a packet that waits for them, are copies`() async throws {
        let capacities = Recorded<Int>()
        io["/"].on("bytes") { (_: Socket, event: ReceivedEvent) in
            for bytes in event.arguments.attachments { capacities.add(bytes.storageCapacity) }
            if let first = event.arguments[1] { capacities.add(first.bytes.storageCapacity) }
        }
        let connection = try await connection()
        try await receive(.text(Self.slice("40")), by: connection)
        try await receive(
            .text(Self.slice(#"452-["bytes",{"_placeholder":true,"num":0},"x",{"_placeholder":true,"num":1}]"#)),
            .binary(Self.slice("abc")),
            .binary(Self.slice("def")),
            by: connection
        )
        #expect(capacities.all.count == 3)
        #expect(capacities.all.allSatisfy { $0 <= 256 })
    }

    @Test func `the bytes that a handler receives are a copy`() async throws {
        let capacities = Recorded<Int>()
        io["/"].on("bytes") { (_: Socket, bytes: ByteBuffer) in capacities.add(bytes.storageCapacity) }
        let connection = try await connection()
        try await receive(.text(Self.slice("40")), by: connection)
        try await receive(
            .text(Self.slice(#"451-["bytes",{"_placeholder":true,"num":0}]"#)),
            .binary(Self.slice("abc")),
            by: connection
        )
        #expect(capacities.all.count == 1)
        #expect(capacities.all.allSatisfy { $0 <= 64 })
    }

    @Test func `the arguments of an acknowledgement are copies`() async throws {
        let capacities = Recorded<Int>()
        io.onConnect { socket in
            socket.emit("ask", arguments: Arguments()) { result in
                if case .success(let arguments) = result { capacities.add(arguments.text.storageCapacity) }
            }
        }
        let connection = try await connection()
        try await receive(.text(Self.slice("40")), .text(Self.slice(#"430["answer"]"#)), by: connection)
        #expect(capacities.all.count == 1)
        #expect(capacities.all.allSatisfy { $0 <= 64 })
    }

    @Test func `attachments in an outbox are copies`() async throws {
        io["/"].on("bytes") { (socket: Socket, event: ReceivedEvent) in
            socket.emit("bytes", arguments: event.arguments)
            socket.namespace.everybody.emit("bytes", arguments: event.arguments)
        }
        let target = try await client.pollingSession()
        let connection = try #require(io.connections.all.first)
        try await receive(
            .text(Self.slice(#"451-["bytes",{"_placeholder":true,"num":0}]"#)),
            .binary(Self.slice("abc")),
            by: connection
        )
        _ = target
        #expect(connection.outbox.frames.count == 4)
        for frame in connection.outbox.frames {
            switch frame {
            case .text(let bytes), .binary(let bytes): #expect(bytes.storageCapacity <= 256)
            }
        }
    }

    @Test func `a packet for another loop is a copy`() async throws {
        let packet = Packet.event(
            namespace: "/",
            id: nil,
            name: "x",
            arguments: Arguments(trusted: Self.slice("1"), attachments: [Self.slice("abc")])
        ).detached
        guard case .event(_, _, _, let arguments) = packet else { throw TestError.closed }
        #expect(arguments.text.storageCapacity <= 64)
        #expect(arguments.attachments.map(\.storageCapacity).allSatisfy { $0 <= 64 })
    }

    @Test func `bytes that fill their storage aren't copied`() {
        let bytes = ByteBuffer(repeating: 1, count: 1_000)
        let isSame = bytes.withUnsafeReadableBytes { first in
            bytes.detached.withUnsafeReadableBytes { $0.baseAddress == first.baseAddress }
        }
        #expect(isSame)
    }
}
