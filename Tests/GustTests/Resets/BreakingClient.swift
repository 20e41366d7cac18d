import Foundation
import GustClientWire
import GustFraming
import GustHTTP
import GustWire
import NIOCore
import NIOEmbedded
import Testing

@testable import GustTesting

/// A client of any generation whose network breaks after a number of bytes that it has sent.
///
/// The client opens a Socket.IO connection, joins `/`, sends an event or a message and receives the echo. It uses one
/// TCP connection, or two if one of them waits for a response.
final class BreakingClient {
    /// The error after the network has broken.
    private struct Broken: Error {}

    private let server: BreakingServer
    private let profile: ClientProfile
    private let grammar: ClientGrammar
    private let limit: Int
    private let framing = RFC6455Framing(
        role: .client,
        maximumMessageSize: 0,
        maximumFragments: 0,
        masking: MaskingKeys()
    )
    private var channels: [EmbeddedChannel] = []
    private(set) var sentBytes = 0
    /// All received text, over any TCP connection.
    private(set) var received = ""

    init(_ server: BreakingServer, _ profile: ClientProfile, breakingAfter limit: Int) {
        self.server = server
        self.profile = profile
        self.limit = limit
        grammar = .of(profile.revision)
    }

    /// Runs the conversation until its end or until the network breaks.
    func run() throws {
        do { try converse() } catch is Broken {}
    }

    /// Resets all open TCP connections.
    func reset() {
        for channel in channels where channel.isActive {
            channel.pipeline.fireErrorCaught(IOError(errnoCode: ECONNRESET, reason: "read"))
            channel.close(promise: nil)
        }
        channels = []
        server.loop.run()
    }

    // MARK: The conversation

    private func converse() throws {
        let first = try connect()
        var session: String?
        if grammar.greeting == .request {
            try get(nil, by: first)
            session = received.utf8.split(separator: UInt8(ascii: "\n")).last
                .flatMap { String($0.prefix { $0 != UInt8(ascii: ":") }) }
        }
        switch profile.transport {
        case .webSocket, .flashSocket:
            try upgrade(session, by: first)
            for frame in frames { try send(frame, by: first) }
        case .htmlFile, .multipart:
            let second = try connect()
            try get(session, by: first)
            session = try session ?? toldSession()
            try post(session, by: second)
        default:
            try get(session, by: first)
            session = try session ?? toldSession()
            try post(session, by: first)
            let second = try connect()
            try get(session, by: first)
            // This poll waits for the echo.
            try get(session, by: first)
            guard profile.transport == .upgrade else { return try post(session, by: second) }
            try upgrade(session, by: second)
            for text in ["2probe", "5"] { try send(.text(ByteBuffer(string: text)), by: second) }
            for frame in frames { try send(frame, by: second) }
        }
        try look()
    }

    /// The packet that joins `/`, if the generation needs one, and the message to be echoed.
    private var frames: [Frame] {
        let codec = profile.revision.makeCodec(.socketIO, PayloadLimits())
        var packets: [Packet] =
            profile.revision.connectsImplicitly
            ? [] : [.connect(namespace: "/", query: nil, payload: nil)]
        packets.append(
            profile.revision.hasEvents
                ? .event(
                    namespace: "/",
                    id: 1,
                    name: "echo",
                    arguments: Arguments(trusted: ByteBuffer(string: #""reset me""#))
                ) : .message(namespace: "/", id: nil, .text("reset me"))
        )
        return packets.map { packet in
            var text = ByteBuffer()
            codec.encode(packet, into: &text)
            return .text(text)
        }
    }

    /// The sid in the received text.
    private func toldSession() throws -> String {
        let text = received.utf8
        let mark = grammar.greeting == .message ? "~m~26~m~" : "sid"
        let start = try #require(text.firstRange(of: mark.utf8)?.upperBound)
        let isPart = { (byte: UInt8) in byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte.isAlphanumeric }
        return try #require(String(text[start...].drop { !isPart($0) }.prefix(while: isPart)))
    }

    // MARK: Requests

    private func get(_ session: String?, by channel: EmbeddedChannel) throws {
        let target = grammar.get("/socket.io", profile.transport, session)
        try send("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n", by: channel)
    }

    private func post(_ session: String?, by channel: EmbeddedChannel) throws {
        let payload = profile.revision.payload.encode(frames, supportsBinary: false).body
        let body = grammar.body(payload, profile.transport)
        let target = grammar.post("/socket.io", profile.transport, session ?? "")
        var bytes = ByteBuffer(string: "POST \(target) HTTP/1.1\r\nHost: x\r\n")
        bytes.writeString("Content-Length: \(body.readableBytes)\r\n\r\n")
        bytes.writeImmutableBuffer(body)
        try send(bytes, by: channel)
    }

    private func upgrade(_ session: String?, by channel: EmbeddedChannel) throws {
        let transport = profile.transport == .upgrade ? .webSocket : profile.transport
        let target = grammar.get("/socket.io", transport, session)
        try send(
            "GET \(target) HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: \(WebSocketProof.key)\r\n\r\n",
            by: channel
        )
    }

    private func send(_ frame: Frame, by channel: EmbeddedChannel) throws {
        guard case .text(let text) = frame else { return }
        var bytes = ByteBuffer()
        framing.write(.text, text, into: &bytes)
        try send(bytes, by: channel)
    }

    // MARK: The network

    private func connect() throws -> EmbeddedChannel {
        let channel = try server.accept()
        channels.append(channel)
        return channel
    }

    private func send(_ text: String, by channel: EmbeddedChannel) throws {
        try send(ByteBuffer(string: text), by: channel)
    }

    /// Sends as many bytes as the network accepts.
    private func send(_ bytes: ByteBuffer, by channel: EmbeddedChannel) throws {
        let count = min(bytes.readableBytes, limit - sentBytes)
        var bytes = bytes
        if let part = bytes.readSlice(length: count), count > 0 {
            try channel.writeInbound(part)
            sentBytes += count
        }
        // The server holds packets back for at most 2 ms after a CONNECT.
        server.loop.advanceTime(by: .milliseconds(20))
        try look()
        guard bytes.readableBytes == 0, sentBytes < limit else { throw Broken() }
    }

    private func look() throws {
        server.loop.run()
        for channel in channels {
            while case .byteBuffer(let bytes)? = try channel.readOutbound(as: IOData.self) {
                received += String(buffer: bytes)
            }
        }
    }
}

extension UInt8 {
    fileprivate var isAlphanumeric: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
}
