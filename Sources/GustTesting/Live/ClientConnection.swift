import GustHTTP
import HTTPTypes
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The client's end of one TCP connection: HTTP/1.1, one exchange after the other, until one becomes a WebSocket.
///
/// `@unchecked Sendable`: belongs to its channel's loop; whoever has it hops there first (`ServerAccess.onLoop`).
final class ClientConnection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    /// What the owner is told.
    struct Events: Sendable {
        /// The next exchange may begin.
        var idle: @Sendable () -> Void
        /// It is over.
        var closed: @Sendable () -> Void
    }

    private enum State {
        case idle
        case exchanging(ClientExchange, ResponseReader)
        case webSocket(ClientWebSocket)
        case closed
    }

    var events: Events?
    private let authority: String
    private let signal: ArrivalSignal
    private var context: ChannelHandlerContext?
    private var state = State.idle
    private var received = ByteBuffer()

    init(authority: String, signal: ArrivalSignal) {
        self.authority = authority
        self.signal = signal
    }

    // MARK: Asking

    /// Sends a request; false if the connection is over.
    func begin(_ request: TestRequest, _ exchange: ClientExchange) -> Bool {
        guard case .idle = state, let context, context.channel.isActive else { return false }
        state = .exchanging(exchange, ResponseReader(method: request.method))
        exchange.connection = self
        var bytes = ByteBuffer(string: "\(request.method.rawValue) \(request.target.text) HTTP/1.1\r\n")
        bytes.writeString("Host: \(authority)\r\n")
        var headers = request.headers
        if request.body.readableBytes > 0 || request.method == .post {
            headers[.contentLength] = String(request.body.readableBytes)
        }
        for field in headers { bytes.writeString("\(field.name.rawName): \(field.value)\r\n") }
        bytes.writeStaticString("\r\n")
        bytes.writeImmutableBuffer(request.body)
        write(bytes)
        return true
    }

    func write(_ bytes: ByteBuffer) {
        context?.writeAndFlush(NIOAny(bytes), promise: nil)
    }

    func setReading(_ isReading: Bool) {
        do {
            try context?.channel.syncOptions?.setOption(.autoRead, value: isReading)
        } catch {
            close()
        }
    }

    /// Breaks off, so that the server reads a reset: an ordered end could be that of a client which still reads.
    func reset() {
        let provider = context?.channel as? any SocketOptionProvider
        // If it can't be set, the server reads an ordered end.
        provider?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
        close()
    }

    /// Closes without a word.
    func close() {
        context?.close(promise: nil)
    }

    // MARK: Hearing

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.writeImmutableBuffer(unwrapInboundIn(data))
        do {
            try read()
        } catch {
            if case .exchanging(let exchange, _) = state { exchange.fail(error) }
            context.close(promise: nil)
        }
        received.discardReadBytes()
        signal.send()
    }

    private func read() throws {
        if case .exchanging(let exchange, var reader) = state {
            var next: State?
            while next == nil, let part = try reader.next(&received) { next = try take(part, of: exchange) }
            state = next ?? .exchanging(exchange, reader)
        }
        switch state {
        case .webSocket(let webSocket): try webSocket.read(&received)
        case .idle, .exchanging, .closed: break
        }
    }

    /// Takes a piece of an answer; says what comes after it if that is something else.
    private func take(_ part: ResponseReader.Part, of exchange: ClientExchange) throws -> State? {
        switch part {
        case .head(let status, let headers):
            exchange.begin(status, headers)
            guard status == .switchingProtocols else { return nil }
            guard headers[.secWebSocketAccept] == WebSocketProof.answer else {
                throw TestError.unexpected("Sec-WebSocket-Accept: \(headers[.secWebSocketAccept] ?? "")")
            }
            let webSocket = ClientWebSocket(self)
            exchange.upgrade(to: webSocket)
            return .webSocket(webSocket)
        case .body(let bytes):
            exchange.write(bytes)
            return nil
        case .end(let isReusable):
            exchange.finish()
            if isReusable { events?.idle() } else { close() }
            return .idle
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        let last = state
        state = .closed
        switch last {
        case .exchanging(let exchange, _): exchange.connectionEnded()
        case .webSocket(let webSocket): webSocket.connectionEnded()
        case .idle, .closed: break
        }
        self.context = nil
        let events = events
        self.events = nil
        events?.closed()
        signal.send()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Mostly a reset; the exchange hears of the end.
        context.close(promise: nil)
    }
}
