import GustFraming
import Logging
import NIOCore
import NIOEmbedded

@testable import GustClient
@testable import GustClientWire
@testable import GustWire

/// Fuzzes a whole client with the bytes of a server, after a good handshake.
///
/// An input begins with a digit for the transport (``transports``), plus 8 if the rest are bytes of the connection; otherwise each line
/// is a message, or the body of one response. The events that the program receives don't depend on where the bytes are split; what is
/// kept has a bound; and nothing is left of a closed client.
enum ClientFuzzing {
    private static let limit = 4_096

    private static let transports: [(Revision, ClientTransport)] = [
        (.engineIO4, .webSocket), (.engineIO4, .polling), (.engineIO3, .webSocket), (.engineIO3, .polling),
        (.socketIO09, .htmlFile), (.socketIO09, .webSocket), (.socketIO06, .multipart), (.engineIO4, .jsonp),
    ]

    static func run(_ input: Input) {
        var input = input
        let variant = input.takeVariant()
        let (revision, transport) = transports[variant & 7]
        let isRaw = variant & 8 != 0
        let whole = ClientRun(revision, transport, limit).events(of: input, isRaw, .whole)
        for delivery in [Input.Delivery.bytes, .pieces] {
            let other = ClientRun(revision, transport, limit).events(of: input, isRaw, delivery)
            // An error in a read may be found in front of messages of the same read, so one may have more events than the other.
            let shorter = min(whole.count, other.count)
            require(whole.prefix(shorter) == other.prefix(shorter), "\(whole)\nsplit at other places is\n\(other)")
        }
    }
}

/// One client, and the server's end of its connections.
private final class ClientRun: @unchecked Sendable {
    // `@unchecked Sendable`: libFuzzer runs a target on one thread.
    private let loop = EmbeddedEventLoop()
    private let revision: Revision
    private let transport: ClientTransport
    private let limit: Int
    private var channels: [EmbeddedChannel] = []
    private var events: [String] = []

    init(_ revision: Revision, _ transport: ClientTransport, _ limit: Int) {
        self.revision = revision
        self.transport = transport
        self.limit = limit
    }

    func events(of input: Input, _ isRaw: Bool, _ delivery: Input.Delivery) -> [String] {
        weak var connection: ClientConnection?
        do {
            var settings = ClientSettings()
            settings.revision = revision
            settings.transport = transport
            settings.reconnection.isEnabled = false
            settings.limits.maximumPayload = limit
            settings.limits.maximumBufferedBytes = limit
            settings.limits.maximumAttachmentBytes = limit
            let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
            let dialer = ServerDialer { _, loop, _, prepare in self.dial(loop, prepare) }
            let client = try SocketClient("http://server", settings, on: loop, dialer, logger)
            connection = client.connection
            let socket = client.socket()
            socket.onAny { self.events.append("\($0.name) \(String(buffer: $0.arguments.text))") }
            socket.onMessage { self.events.append("\($0)") }
            socket.on("ask") { (text: String) -> String in text }
            socket.open()
            loop.run()
            greet()
            send(input, isRaw, delivery)
            loop.advanceTime(by: .seconds(1))
            require(client.connection.bufferedBytes <= 4 * limit + input.bytes.count, "too much waits to be sent")
            require(client.connection.sockets.count <= 1, "more sockets than the program uses")
            loop.advanceTime(by: .hours(25))
            require(!client.state.description.isEmpty && channels.count <= 8, "\(channels.count) connections")
            client.connection.close {}
            loop.advanceTime(by: .minutes(1))
        } catch {
            require(false, "the client can't be used: \(error)")
        }
        for channel in channels { channel.close(promise: nil) }
        channels = []
        loop.advanceTime(by: .minutes(1))
        require(connection == nil, "a closed client is left")
        return events
    }

    private func dial(
        _ loop: any EventLoop,
        _ prepare: ServerDialer.Prepare
    ) -> EventLoopFuture<any Channel> {
        loop.makeCompletedFuture {
            let channel = EmbeddedChannel(loop: self.loop)
            try prepare(channel)
            channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 80), promise: nil)
            channels.append(channel)
            return channel
        }
    }

    // MARK: The server

    /// The connection that receives what the input has: the WebSocket, or that of the polls.
    private var main: EmbeddedChannel? { channels.first { $0.isActive } }

    private func write(_ bytes: ByteBuffer, to channel: EmbeddedChannel?) {
        guard let channel, channel.isActive else { return }
        channel.pipeline.syncOperations.fireChannelRead(NIOAny(bytes))
        channel.pipeline.syncOperations.fireChannelReadComplete()
        loop.run()
    }

    /// What the client has sent over a connection.
    private func take(_ channel: EmbeddedChannel) -> String {
        var bytes = ByteBuffer()
        do {
            while case .byteBuffer(let part)? = try channel.readOutbound(as: IOData.self) {
                bytes.writeImmutableBuffer(part)
            }
        } catch {
            require(false, "the client has sent something else than bytes: \(error)")
        }
        return String(buffer: bytes)
    }

    private func greet() {
        if ClientGrammar.of(revision).greeting == .request {
            answer("sid:15:25:websocket,htmlfile")
            // The connection of the handshake isn't used again.
            if channels.count > 1 { channels.removeFirst().close(promise: nil) }
        }
        guard let main else { return }
        let request = take(main)
        if let key = request.split(separator: "\r\n").first(where: { $0.hasPrefix("Sec-WebSocket-Key: ") })?.dropFirst(
            19
        ) {
            let accept = WebSocketKey.answer(to: String(key))
            let head =
                "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n\r\n"
            write(ByteBuffer(string: head), to: main)
        } else if transport.streamedForm != nil {
            write(ByteBuffer(string: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), to: main)
        }
        for text in greetings { message(text) }
        answerPosts()
    }

    /// What lets the client into `/`.
    private var greetings: [String] {
        let open = #"0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}"#
        if revision == .socketIO09 { return ["1::"] }
        if revision == .socketIO06 { return ["~m~1~m~s"] }
        return revision == .engineIO4 ? [open, #"40{"sid":"id","pid":"p"}"#] : [open, "40"]
    }

    /// Sends a message in the form of the transport.
    private func message(_ text: String) {
        switch transport {
        case .webSocket: frame(ByteBuffer(string: text))
        case .htmlFile: chunk(#"<script>parent.s._("\#(text.replacing("\"", with: "\\\""))", document);</script>"#)
        case .multipart: chunk("--b\nContent-Type: text/plain\n\n\(text)\n--b\n")
        case .jsonp: answer(#"___eio[7]("\#(text.replacing("\"", with: "\\\""))");"#)
        default: answer(revision == .engineIO3 ? "\(text.utf16.count):\(text)" : text)
        }
    }

    private func frame(_ payload: ByteBuffer) {
        var bytes = ByteBuffer()
        RFC6455Framing(role: .server, maximumMessageSize: 1 << 20, maximumFragments: 1).write(
            .text,
            payload,
            into: &bytes
        )
        write(bytes, to: main)
    }

    private func chunk(_ text: String) {
        write(ByteBuffer(string: "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"), to: main)
    }

    private func answer(_ body: String) {
        answer(ByteBuffer(string: body))
    }

    private func answer(_ body: ByteBuffer) {
        guard let main else { return }
        _ = take(main)
        var bytes = ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: \(body.readableBytes)\r\n\r\n")
        bytes.writeImmutableBuffer(body)
        write(bytes, to: main)
    }

    /// Answers what the client sends over the other connections.
    private func answerPosts() {
        guard transport != .webSocket else { return }
        for _ in 0..<16 {
            let asking = channels.dropFirst().filter { $0.isActive && !take($0).isEmpty }
            guard !asking.isEmpty else { return }
            for channel in asking {
                write(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), to: channel)
            }
        }
    }

    private func send(_ input: Input, _ isRaw: Bool, _ delivery: Input.Delivery) {
        guard !isRaw else {
            return input.deliver(delivery) { piece in
                write(piece, to: main)
                answerPosts()
                return main != nil
            }
        }
        for line in input.lines(upTo: 64) {
            if transport == .webSocket {
                frame(line.buffer)
            } else if transport.streamedForm != nil {
                chunk(String(decoding: line.bytes, as: UTF8.self))
            } else {
                answer(line.buffer)
            }
            answerPosts()
        }
    }
}
