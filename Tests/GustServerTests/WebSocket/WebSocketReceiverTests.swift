import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer

/// The calls of a receiver, and the limit of fragments.
@Suite struct WebSocketReceiverTests {
    private static let handshake = """
        GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
        """

    /// `@unchecked Sendable`: an embedded loop runs on the test's thread.
    private final class Receiver: WebSocketReceiver, @unchecked Sendable {
        var told: [String] = []
        func receive(text: ByteBuffer) { told.append("text of \(text.readableBytes)") }
        func receive(binary: ByteBuffer) { told.append("binary of \(binary.readableBytes)") }
        func writabilityChanged(isWritable: Bool) { told.append(isWritable ? "writable" : "full") }
        func closed(_ closure: WebSocketClosure) { told.append("closed \(closure.code?.rawValue ?? 0)") }
    }

    private let receiver = Receiver()
    private let wire: Wire

    init() throws {
        let receiver = receiver
        let upgrade = WebSocketUpgrade(maximumMessageSize: 10_000, maximumFragments: 4) { _ in receiver }
        wire = try Wire(ImmediateHandler { _ in Response(status: .switchingProtocols, body: .upgrade(upgrade)) })
        try wire.send(Self.handshake)
    }

    /// A frame masked with zeros.
    private func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let count = payload.count
        let length: [UInt8] = count < 126 ? [0x80 | UInt8(count)] : [0xFE, UInt8(count >> 8), UInt8(count & 255)]
        return [first] + length + [0, 0, 0, 0] + payload
    }

    @Test func `writabilityChanged is called when the peer stops and resumes reading`() throws {
        for isWritable in [false, true] {
            wire.channel.isWritable = isWritable
            wire.channel.pipeline.fireChannelWritabilityChanged()
        }
        #expect(receiver.told == ["full", "writable"])
    }

    @Test func `received bytes allow more fragments`() throws {
        // Four fragments are allowed, and one more for each of ten times 64 bytes received.
        var bytes = frame(0x02, [UInt8](repeating: 0x41, count: 640))
        for _ in 0..<12 { bytes += frame(0x00, []) }
        try wire.send(ByteBuffer(bytes: bytes + frame(0x80, [0x41])))
        #expect(receiver.told == ["binary of 641"])
        for _ in 0..<2 { bytes += frame(0x00, []) }
        try wire.channel.writeInbound(ByteBuffer(bytes: bytes))
        #expect(try wire.receivedBytes() == ByteBuffer(bytes: [0x88, 2, 0x03, 0xF0]))
        #expect(receiver.told == ["binary of 641", "closed 0"])
    }

    @Test func `a message of empty fragments is empty`() throws {
        try wire.send(ByteBuffer(bytes: frame(0x01, []) + frame(0x00, []) + frame(0x80, [])))
        #expect(receiver.told == ["text of 0"])
    }

    @Test func `a text that ends inside of a character is refused`() throws {
        // C3 begins a character of two bytes.
        try wire.send(ByteBuffer(bytes: frame(0x01, [0x41]) + frame(0x80, [0xC3])))
        #expect(receiver.told == ["closed 0"])
        #expect(!wire.isOpen)
    }

    @Test func `messages of the maximum size are accepted, whole or in fragments`() throws {
        try wire.send(ByteBuffer(bytes: frame(0x82, [UInt8](repeating: 1, count: 10_000))))
        try wire.send(
            ByteBuffer(
                bytes: frame(0x02, [UInt8](repeating: 1, count: 9_999)) + frame(0x80, [1])
            )
        )
        #expect(receiver.told == ["binary of 10000", "binary of 10000"])
    }

    @Test func `no messages are delivered after the server's close frame`() throws {
        wire.context.beginShutdown()
        try wire.send(ByteBuffer(bytes: frame(0x81, [0x41]) + frame(0x82, [0x41])))
        #expect(receiver.told.isEmpty)
        // 88 00: the peer's close frame without a code.
        try wire.send(ByteBuffer(bytes: frame(0x88, [])))
        #expect(receiver.told == ["closed 0"])
    }
}
