public import GustHTTP
public import GustRouting
import HTTPTypes
public import Logging
import NIOCore

/// Registration of routes for WebSockets that asynchronous code serves.
extension RouteRegistering {
    /// Accepts WebSocket connections, each of which an asynchronous closure serves.
    ///
    /// ```swift
    /// app.webSocketStream("/upper") { socket, request in
    ///     for try await message in socket.messages {
    ///         if case .text(let text) = message { try await socket.send(text.uppercased()) }
    ///     }
    /// }
    /// ```
    /// The closure runs in a task of its own on the loop of the connection. When it returns, the connection is closed with code 1000;
    /// when it throws, with 1011, and the error is logged unless it is a `CancellationError` or a ``WebSocketClosedError``. The task is
    /// cancelled when the connection has ended and its messages have been read.
    ///
    /// A handshake from a page of another site is answered with 403.
    /// - Parameters:
    ///   - pattern: The path pattern.
    ///   - middleware: Middleware around the handshakes of this route only.
    ///   - subprotocols: The subprotocols of the endpoint, in order of preference; the first that the client offers is used.
    ///   - origins: The sites whose pages may connect.
    ///   - pings: The interval of pings; a client that sends nothing for a whole interval behind a ping is cut off. nil for no pings.
    ///   - maximumMessageSize: The maximum length of a message in bytes; a longer message closes with 1009.
    ///   - deflate: How messages are compressed if the client offers that; nil declines the offer.
    ///   - logger: The logger for errors of the closure.
    ///   - file: The file that error messages name.
    ///   - line: The line that error messages name.
    ///   - body: Serves one connection; gets the WebSocket and the request that opened it.
    public mutating func webSocketStream(
        _ pattern: String,
        through middleware: any Middleware...,
        subprotocols: [String] = [],
        origins: WebSocketOrigins = .same,
        pings: Duration? = .seconds(30),
        maximumMessageSize: Int = 1 << 20,
        deflate: WebSocketDeflate? = nil,
        logger: Logger = Logger(label: "gust"),
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (WebSocketStream, Request) async throws -> Void
    ) {
        let handler = ImmediateHandler { (request: Request) throws -> Response in
            guard origins.accept(request) else {
                throw HTTPError(.forbidden, "pages of this site may not open this WebSocket")
            }
            let offers = (request.headers[.secWebSocketProtocol] ?? "").tokenElements()
            let subprotocol = subprotocols.first { name in offers.contains { $0.hasSameBytes(as: name) } }
            let upgrade = WebSocketUpgrade(
                subprotocol: subprotocol,
                maximumMessageSize: maximumMessageSize,
                deflate: deflate
            ) { (webSocket: any WebSocketConnection) -> any WebSocketReceiver in
                let stream = WebSocketStream(webSocket, subprotocol: subprotocol, maximumBytes: maximumMessageSize)
                WebSocketTask.start(stream, request, logger, body)
                // The drafts before RFC 6455 without binary messages have no pings either.
                if let pings, webSocket.carriesBinary { WebSocketPings(stream, every: TimeAmount(pings)).schedule() }
                return stream
            }
            return Response(status: .switchingProtocols, body: .upgrade(upgrade))
        }
        var route = Route(pattern, methods: [.get], handler: handler, file: file, line: line)
        route.ownMiddleware = middleware
        add(route)
    }
}
