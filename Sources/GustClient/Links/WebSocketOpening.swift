import GustFraming
import GustHTTP
import NIOCore
import NIOHTTP1

/// The opening handshake of a WebSocket (RFC 6455 §4.1), and the change of the pipeline from HTTP to frames.
///
/// `@unchecked Sendable`: used on the loop of the environment only.
final class WebSocketOpening: ChannelInboundHandler, RemovableChannelHandler, @unchecked Sendable {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let environment: LinkEnvironment
    private let target: String
    private let key = WebSocketKey.random()
    private let encoder = HTTPRequestEncoder()
    private let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
    /// Nil when the handshake has ended.
    private var link: WebSocketLink?
    private var finish: ((Result<RFC6455Framing, ClientError>) -> Void)?
    private var context: ChannelHandlerContext?
    private var response: (head: HTTPResponseHead, body: ByteBuffer)?

    init(
        _ environment: LinkEnvironment,
        _ target: String,
        _ link: WebSocketLink,
        _ finish: @escaping (Result<RFC6455Framing, ClientError>) -> Void
    ) {
        self.environment = environment
        self.target = target
        self.link = link
        self.finish = finish
    }

    /// Adds the handlers of the handshake.
    func add(to channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandlers(encoder, decoder, self)
    }

    /// Cuts the connection; nobody is told.
    func abort() {
        finish = nil
        link = nil
        context?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard finish != nil else { return context.close(promise: nil) }
        if context.channel.isActive { sendRequest(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        sendRequest(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard head.status.code >= 200 || head.status == .switchingProtocols else { return }
            environment.takeCookies(head)
            response = (head, ByteBuffer())
        case .body(let bytes):
            // Of a refusal only the beginning is quoted.
            guard let length = response?.body.readableBytes, length < 1_024 else { return }
            response?.body.writeImmutableBuffer(bytes)
        case .end:
            guard let (head, body) = response else { return }
            answered(head, body, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // A refusal may end with the connection instead of a length.
        end(.failure(response.map { ResponseCheck.error($0.head, $0.body) } ?? .transportClosed))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(ClientError(exchanging: error)))
        context.close(promise: nil)
    }

    private func sendRequest(_ context: ChannelHandlerContext) {
        var fields = [
            ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", key),
            ("Sec-WebSocket-Version", "13"),
        ]
        if let deflate = environment.settings.deflate {
            fields.append(("Sec-WebSocket-Extensions", PermessageDeflate.offer(deflate)))
        }
        context.write(wrapOutboundOut(.head(environment.head.head(.GET, target, fields))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func answered(_ head: HTTPResponseHead, _ body: ByteBuffer, _ context: ChannelHandlerContext) {
        guard head.status == .switchingProtocols else {
            end(.failure(ResponseCheck.error(head, body)))
            return context.close(promise: nil)
        }
        do throws(ClientError) {
            let framing = try framing(of: head)
            guard let link else { return context.close(promise: nil) }
            // Bytes behind the response are forwarded to the link by the decoder when that leaves the pipeline.
            try change(context, to: link)
            end(.success(framing))
            let operations = context.pipeline.syncOperations
            operations.removeHandler(encoder, promise: nil)
            operations.removeHandler(self, promise: nil)
            operations.removeHandler(decoder).assumeIsolated().whenComplete { _ in link.begin() }
        } catch {
            end(.failure(error))
            context.close(promise: nil)
        }
    }

    private func change(_ context: ChannelHandlerContext, to link: WebSocketLink) throws(ClientError) {
        do {
            try context.pipeline.syncOperations.addHandler(link, position: .after(self))
        } catch {
            throw .connectionFailed("\(error)")
        }
    }

    /// Checks the response (RFC 6455 §4.1, RFC 7692 §7.1).
    private func framing(of head: HTTPResponseHead) throws(ClientError) -> RFC6455Framing {
        let upgrades = head.headers[canonicalForm: "Upgrade"].contains { $0.equalsIgnoringASCIICase("websocket") }
        let connects = head.headers[canonicalForm: "Connection"].contains { $0.equalsIgnoringASCIICase("upgrade") }
        guard upgrades, connects else { throw .protocolViolation("a 101 response that doesn't upgrade to a WebSocket") }
        let answer = head.headers["Sec-WebSocket-Accept"]
        guard answer.count == 1, answer[0].hasSameBytes(as: WebSocketKey.answer(to: key)) else {
            throw .protocolViolation("Sec-WebSocket-Accept doesn't fit the key")
        }
        guard !head.headers.contains(name: "Sec-WebSocket-Protocol") else {
            throw .protocolViolation("the server chose a subprotocol that wasn't offered")
        }
        var deflate: MessageDeflate?
        let extensions = head.headers["Sec-WebSocket-Extensions"]
        if !extensions.isEmpty {
            guard let settings = environment.settings.deflate else {
                throw .protocolViolation("the server chose an extension that wasn't offered")
            }
            do throws(WebSocketFailure) {
                let negotiated = try PermessageDeflate(response: extensions.joined(separator: ", "), to: settings)
                deflate = MessageDeflate(negotiated, environment.resources.compression)
            } catch {
                throw .protocolViolation("the server's permessage-deflate doesn't fit the offer")
            }
        }
        return RFC6455Framing(
            role: .client,
            maximumMessageSize: environment.settings.limits.maximumPayload,
            // As the server's default; each 64 bytes allow one fragment more.
            maximumFragments: 1_024,
            deflate: deflate,
            masking: environment.resources.masking
        )
    }

    private func end(_ result: Result<RFC6455Framing, ClientError>) {
        let finish = finish
        self.finish = nil
        link = nil
        finish?(result)
    }
}
