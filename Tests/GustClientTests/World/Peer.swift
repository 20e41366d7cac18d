import Foundation
import GustFraming
import NIOCore
import NIOEmbedded
import Testing

@testable import GustClient

/// The server's end of one connection: the test reads what the client has sent and writes what the client receives.
///
/// Used on the thread of the test only.
final class Peer {
    /// A request of the client.
    struct Request {
        let method: String
        let target: String
        let fields: [(name: String, value: String)]
        let body: String

        /// The value of the first field of a name, which is in the case in which the client sends it.
        func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    }

    let channel: EmbeddedChannel
    private let counter = ReadCounter()
    /// What was sent and waits until the client reads, as in the buffer of an operating system.
    private var unreadBySystem: [ByteBuffer] = []
    private var input = ByteBuffer()
    private var framing = RFC6455Framing(role: .server, maximumMessageSize: 1 << 26, maximumFragments: 1_024)
    /// The code of the client's close frame; nil before it was received.
    private(set) var closeCode: UInt16?

    init(_ loop: EmbeddedEventLoop, _ prepare: ServerDialer.Prepare) throws {
        channel = EmbeddedChannel(loop: loop)
        try channel.pipeline.syncOperations.addHandler(counter)
        try prepare(channel)
        channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 80), promise: nil)
        counter.onRead = { [weak self, loop] in loop.execute { self?.deliver() } }
        channel.pipeline.syncOperations.read()
    }

    /// Whether the client hasn't closed the connection.
    var isOpen: Bool { channel.isActive }

    /// How often the client has asked for bytes.
    var reads: Int { counter.reads }

    // MARK: Bytes

    /// Sends bytes to the client, as one read.
    func send(_ bytes: ByteBuffer) {
        unreadBySystem.append(bytes)
        deliver()
        channel.embeddedEventLoop.run()
    }

    private func deliver() {
        while channel.isActive, counter.isReading, !unreadBySystem.isEmpty {
            counter.isReading = false
            channel.pipeline.syncOperations.fireChannelRead(NIOAny(unreadBySystem.removeFirst()))
            channel.pipeline.syncOperations.fireChannelReadComplete()
            if isReadAutomatically { channel.pipeline.syncOperations.read() }
        }
    }

    private var isReadAutomatically: Bool {
        do { return try channel.syncOptions?.getOption(.autoRead) ?? true } catch { return true }
    }

    func send(_ text: String) { send(ByteBuffer(string: text)) }

    /// Closes the connection.
    func end() {
        channel.close(promise: nil)
        channel.embeddedEventLoop.run()
    }

    /// Resets the connection, as the operating system of a killed server does.
    func reset() {
        channel.pipeline.syncOperations.fireErrorCaught(IOError(errnoCode: ECONNRESET, reason: "read"))
        end()
    }

    /// The bytes that the client has sent and that were not read.
    func unread() -> String {
        receive()
        return String(buffer: input)
    }

    private func receive() {
        channel.embeddedEventLoop.run()
        while case .byteBuffer(let bytes)? = channel.outbound() { input.writeImmutableBuffer(bytes) }
    }

    // MARK: Requests

    /// The next request, which must be complete.
    func request() throws -> Request { try #require(try nextRequest(), "the client has sent no request") }

    /// The next request; nil if there is none.
    func nextRequest() throws -> Request? {
        receive()
        guard let end = input.readableBytesView.firstRange(of: "\r\n\r\n".utf8) else { return nil }
        let head = input.readString(length: end.lowerBound - input.readerIndex) ?? ""
        input.moveReaderIndex(forwardBy: 4)
        let lines = head.components(separatedBy: "\r\n")
        let words = lines[0].components(separatedBy: " ")
        try #require(words.count == 3, "a request line has three parts")
        let fields = lines.dropFirst().map { line in
            let parts = line.components(separatedBy: ": ")
            return (name: parts[0], value: parts.dropFirst().joined(separator: ": "))
        }
        let length = fields.first { $0.name == "Content-Length" }.flatMap { Int($0.value) } ?? 0
        let rest = input.readString(length: length)
        let body = try #require(rest, "the body is shorter than its length")
        return Request(method: words[0], target: words[1], fields: fields, body: body)
    }

    /// Responds to a request.
    func respond(_ body: String, _ status: String = "200 OK", fields: String = "") {
        send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
    }

    // MARK: WebSocket

    /// The response to a handshake, with the fields that the client expects or others.
    static func acceptance(of request: Request, fields: String? = nil) throws -> String {
        let key = try #require(request.field("Sec-WebSocket-Key"))
        return "HTTP/1.1 101 Switching Protocols\r\n"
            + (fields ?? "Upgrade: websocket\r\nConnection: Upgrade\r\n")
            + "Sec-WebSocket-Accept: \(WebSocketKey.answer(to: key))\r\n\r\n"
    }

    /// Answers the handshake of a WebSocket.
    @discardableResult
    func accept() throws -> Request {
        let request = try request()
        send(try Self.acceptance(of: request))
        return request
    }

    /// Sends a text message.
    func message(_ text: String) { send(Self.frame(.text, ByteBuffer(string: text))) }

    /// Sends text messages as one read.
    func messages(_ texts: [String]) {
        var bytes = ByteBuffer()
        for text in texts { bytes.writeImmutableBuffer(Self.frame(.text, ByteBuffer(string: text))) }
        send(bytes)
    }

    /// A frame of a server.
    static func frame(_ kind: WebSocketOutput, _ payload: ByteBuffer) -> ByteBuffer {
        var bytes = ByteBuffer()
        RFC6455Framing(role: .server, maximumMessageSize: 1 << 26, maximumFragments: 1).write(
            kind,
            payload,
            into: &bytes
        )
        return bytes
    }

    /// The messages that the client has sent since the last call; a binary message is the number of its bytes in brackets.
    func received() -> [String] {
        receive()
        var inputs: [WebSocketInput] = []
        framing.read(&input, into: &inputs)
        return inputs.compactMap { input in
            switch input {
            case .text(let text): return String(buffer: text)
            case .binary(let bytes): return "<\(bytes.readableBytes)>"
            case .close(let code, _):
                closeCode = code?.rawValue
                return nil
            case .ping, .pong, .failure: return nil
            }
        }
    }
}

/// Counts how often the client asks for bytes.
final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private(set) var reads = 0
    /// Whether the client has asked for bytes and received none since.
    var isReading = false
    var onRead: () -> Void = {}

    func read(context: ChannelHandlerContext) {
        reads += 1
        isReading = true
        onRead()
        context.read()
    }
}

extension EmbeddedChannel {
    /// The next thing that was written; nil if there is none.
    fileprivate func outbound() -> IOData? {
        // Only a wrong type throws: everything that leaves a pipeline is bytes.
        do { return try readOutbound(as: IOData.self) } catch { return nil }
    }
}
