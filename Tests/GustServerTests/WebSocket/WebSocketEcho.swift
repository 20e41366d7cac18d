import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded

@testable import GustServer

/// A connection on which each request is upgraded to a WebSocket that sends its messages back.
final class WebSocketEcho {
    let wire: Wire
    private(set) var messages: [String] = []
    private(set) var closures: [WebSocketClosure] = []
    /// The server's WebSocket; nil before the handshake is complete, and after the end.
    private(set) var webSocket: (any WebSocketConnection)?
    /// The `Origin` field that the handler received.
    private(set) var origin: String?

    init(
        size: Int = 1_000,
        subprotocol: String? = nil,
        limits: HTTPLimits = HTTPLimits(),
        dialects: Set<WebSocketDialect> = Set(WebSocketDialect.allCases),
        deflate: WebSocketDeflate? = nil,
        greeting: String? = nil
    ) throws {
        let reference = Reference()
        let upgrade = WebSocketUpgrade(
            subprotocol: subprotocol,
            maximumMessageSize: size,
            deflate: deflate
        ) { webSocket in
            let echo = reference.echo
            echo?.webSocket = webSocket
            if let greeting { webSocket.send(greeting) }
            let events = WebSocketEvents()
            events.onText = { text in
                echo?.messages.append(String(buffer: text))
                webSocket.send(text: text)
            }
            events.onBinary = { webSocket.send(binary: $0) }
            events.onClose = { closure in
                echo?.closures.append(closure)
                echo?.webSocket = nil
            }
            return events
        }
        let handler = ImmediateHandler { request in
            reference.echo?.origin = request.headers[.origin]
            return Response(status: .switchingProtocols, body: .upgrade(upgrade))
        }
        wire = try Wire(limits: limits, dialects: dialects, handler)
        reference.echo = self
    }

    /// A reference to the echo for the closures, which are made before it.
    ///
    /// `@unchecked Sendable`: a test and its embedded loop are one thread.
    private final class Reference: @unchecked Sendable {
        weak var echo: WebSocketEcho?
    }

    /// Sends bytes and returns all bytes that the server has sent since the last call.
    @discardableResult
    func send(_ bytes: some Sequence<UInt8>) throws -> [UInt8] {
        if wire.isOpen { try wire.channel.writeInbound(ByteBuffer(bytes: bytes)) }
        return Array(try wire.receivedBytes().readableBytesView)
    }
}
