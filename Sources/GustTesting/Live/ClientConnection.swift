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

/// The client's end of a TCP connection: HTTP/1.1 exchanges one after the other, until one is upgraded to a WebSocket.
///
/// `@unchecked Sendable`: used on the loop of its channel only; callers hop to it first (`ServerAccess.onLoop`).
final class ClientConnection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    /// The callbacks to the owner of the connection.
    struct Events: Sendable {
        /// Called when the next exchange may begin.
        var idle: @Sendable () -> Void
        /// Called when the connection is closed.
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

    // MARK: Sending

    /// Sends a request; false if the connection is closed or in use.
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

    /// Closes the connection by a TCP reset.
    ///
    /// After a regular end of the stream the server could assume that the client still reads.
    func reset() {
        let provider = context?.channel as? any SocketOptionProvider
        // If the option can't be set, the connection is closed regularly.
        provider?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
        close()
    }

    /// Closes the connection.
    func close() {
        context?.close(promise: nil)
    }

    // MARK: Receiving

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

    /// Processes a part of a response; returns the next state if it changes.
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
        // Usually a reset. The exchange ends in `channelInactive`.
        context.close(promise: nil)
    }
}
