public import GustHTTP
public import GustRouting
public import GustWire

/// A value for each session, with a method for each thing that happens to it: the way of SocketTornad.IO (2010).
///
/// ```swift
/// struct EchoHandler: SocketIOHandler {
///     let socket: Socket
///     func onMessage(_ message: Message) { send("[echo] \(message)") }
/// }
/// app.add(EchoHandler.routes("echoTest", extraRE: "(?P<sec_a>123)(?P<sec_b>.*)", extraSep: "/"))
/// ```
///
/// All methods are called on the socket's loop, in order, and must not block. One value lives as long as its session,
/// on every transport.
public protocol SocketIOHandler: Sendable {
    /// Makes the handler of one session.
    init(socket: Socket)

    /// The session's socket.
    var socket: Socket { get }

    /// The session begins; throw to refuse it, best a ``ConnectError``.
    ///
    /// Called once, before the client is told. What is sent here follows right behind the answer. Without an
    /// implementation of your own every session is welcome.
    func onOpen(_ captures: Captures) throws

    /// The client sent a message.
    func onMessage(_ message: Message)

    /// The session ended; called exactly once for each one that was opened, on every transport.
    func onClose()

    /// The same with the reason; the one to implement if that matters.
    ///
    /// Without an implementation of your own it calls ``onClose()``.
    func onClose(_ reason: CloseReason)
}

extension SocketIOHandler {
    /// Welcomes every session.
    public func onOpen(_ captures: Captures) throws {}

    /// Does nothing.
    public func onClose() {}

    /// Calls ``onClose()``.
    public func onClose(_ reason: CloseReason) { onClose() }

    /// Sends text as it is.
    public func send(_ text: String) { socket.send(text) }

    /// Sends a message.
    public func send(_ message: Message) { socket.send(message) }

    /// Sends a value as JSON.
    ///
    /// - Throws: `EncodingError` if the value can't be encoded.
    public func send(json value: some Encodable) throws { socket.send(.json(try JSONSlice.encode(value))) }

    /// The name of the transport that carries the session now, such as `polling`.
    public var `protocol`: String { socket.transport }

    /// The user's data of the session: values by key, kept in a store when they are saved.
    public var session: Session { socket.session }

    /// A route on which sessions of this handler are served; see ``SocketIO/routes(_:extraRE:extraSep:client:file:line:)``.
    ///
    /// Each call makes a server of its own. To share one, use ``serve(on:)``.
    public static func routes(
        _ resource: String,
        extraRE: String? = nil,
        extraSep: String = "/",
        settings: SocketIOSettings = SocketIOSettings(),
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        let io = SocketIO(settings)
        serve(on: io["/"])
        return io.routes(resource, extraRE: extraRE, extraSep: extraSep, file: file, line: line)
    }

    /// The same on a resource that is a regular expression, such as `chat-[a-z]+`.
    ///
    /// Its named groups are captures like those of `extraRE`.
    public static func routes(
        matching expression: String,
        extraRE: String? = nil,
        extraSep: String = "/",
        settings: SocketIOSettings = SocketIOSettings(),
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        let io = SocketIO(settings)
        serve(on: io["/"])
        return io.routes(matching: expression, extraRE: extraRE, extraSep: extraSep, file: file, line: line)
    }

    /// Serves the sessions of `namespace` by this handler, beside whatever else is registered there.
    public static func serve(on namespace: Namespace) {
        namespace.use { (socket: Socket) throws in
            let handler = Self(socket: socket)
            try handler.onOpen(socket.handshake.captures)
            socket.onMessage { handler.onMessage($0) }
            socket.onDisconnect { handler.onClose($0) }
        }
    }
}
