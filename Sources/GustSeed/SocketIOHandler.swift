public import GustHTTP
public import GustRouting
public import GustSessions
public import GustSocketIO
public import GustWire

/// A handler with one value for each connection and a method for each kind of event, as in SocketTornad.IO (2010).
///
/// ```swift
/// struct EchoHandler: SocketIOHandler {
///     let socket: Socket
///     func onMessage(_ message: Message) { send("[echo] \(message)") }
/// }
/// app.add(EchoHandler.routes("echoTest", extraRE: "(?P<sec_a>123)(?P<sec_b>.*)", extraSep: "/"))
/// ```
///
/// All methods are called on the socket's loop, in order, and must not block. A value exists as long as its socket is
/// connected, on every transport.
public protocol SocketIOHandler: Sendable {
    /// Makes the handler of one socket.
    init(socket: Socket)

    /// The socket of this handler.
    var socket: Socket { get }

    /// Called once when a client connects; the client is refused if this method throws.
    ///
    /// The error should be a `ConnectError`. The method is called before the client receives CONNECT; messages that
    /// are sent here follow directly behind CONNECT. The default implementation admits every client.
    func onOpen(_ captures: Captures) throws

    /// Called for each message of the client.
    func onMessage(_ message: Message)

    /// Called exactly once for each socket that was connected, after its disconnect, on every transport.
    func onClose()

    /// Called like ``onClose()``, with the reason of the disconnect.
    ///
    /// The default implementation calls ``onClose()``.
    func onClose(_ reason: CloseReason)
}

extension SocketIOHandler {
    /// Admits every client.
    public func onOpen(_ captures: Captures) throws {}

    /// Does nothing.
    public func onClose() {}

    /// Calls ``onClose()``.
    public func onClose(_ reason: CloseReason) { onClose() }

    /// Sends a text message.
    public func send(_ text: String) { socket.send(text) }

    /// Sends a message.
    public func send(_ message: Message) { socket.send(message) }

    /// Sends a value as a JSON message.
    ///
    /// - Throws: `EncodingError` if the value can't be encoded.
    public func send(json value: some Encodable) throws { socket.send(.json(try JSONSlice.encode(value))) }

    /// The name of the connection's current transport, such as `polling`.
    public var `protocol`: String { socket.transport }

    /// The session of the socket; see `Socket.session`.
    public var session: Session { socket.session }

    /// A route whose clients are served by this handler; its parameters are those of `SocketIO.routes`.
    ///
    /// Each call makes a new `SocketIO` server. To share a server, use ``serve(on:)``.
    public static func routes(
        _ resource: String,
        extraRE: String? = nil,
        extraSep: String = "/",
        settings: SocketIOSettings = SocketIOSettings(),
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        let io = SocketIO(settings)
        serve(on: io["/"])
        return io.route(resource: resource, extraRE: extraRE, extraSep: extraSep, name: name, file: file, line: line)
    }

    /// A route like that of `routes(_:)`, for a resource that is a regular expression, such as `chat-[a-z]+`.
    ///
    /// The named groups of the expression are captures, like those of `extraRE`.
    public static func routes(
        matching expression: String,
        extraRE: String? = nil,
        extraSep: String = "/",
        settings: SocketIOSettings = SocketIOSettings(),
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        let io = SocketIO(settings)
        serve(on: io["/"])
        return io.route(
            resource: expression,
            isExpression: true,
            extraRE: extraRE,
            extraSep: extraSep,
            name: name,
            file: file,
            line: line
        )
    }

    /// Registers this handler for the sockets of a namespace or a family, in addition to other handlers.
    public static func serve(on namespace: SocketScope) {
        namespace.use { (socket: Socket) throws in
            let handler = Self(socket: socket)
            try handler.onOpen(socket.handshake.captures)
            socket.onMessage { handler.onMessage($0) }
            socket.onDisconnect { handler.onClose($0) }
        }
    }
}
