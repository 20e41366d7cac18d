public import GustHTTP
public import HTTPTypes
public import NIOCore
import Synchronization

/// Asks a handler, in-process or over a socket, by HTTP, WebSocket, and as a Socket.IO client of any generation.
///
/// In memory there is no port, no network, and a clock that only moves when a test says so. The handler runs on one event
/// loop, exactly as it would on a server's: middleware, routing, Socket.IO endpoints and their timers included.
///
/// ```swift
/// let client = TestClient(router)
/// let response = try await client.get("/users/42")
/// #expect(response.text == "42")
/// ```
///
/// Over TCP it asks a server that runs already (``init(host:port:keepsCookies:)``), or one that it runs itself, so that
/// one test holds at both depths:
///
/// ```swift
/// @Test(arguments: TestDepth.allCases) func `a user is found`(depth: TestDepth) async throws {
///     try await TestClient.with(router, at: depth) { client async throws in
///         #expect(try await client.get("/users/42").text == "42")
///     }
/// }
/// ```
public final class TestClient: Sendable {
    let access: any ServerAccess
    private let commonHeaders = Mutex<HTTPFields>([:])
    private let jar: CookieJar?

    /// Makes a client, in memory, of `handler`: a router, an application's router, or any other handler.
    ///
    /// - Parameters:
    ///   - handler: who is asked.
    ///   - keepsCookies: whether cookies that answers set are sent with all later requests, WebSocket handshakes and
    ///     Socket.IO clients included, as a browser does for one site.
    public convenience init(_ handler: any Handler, keepsCookies: Bool = false) {
        self.init(access: HandlerAccess(handler), keepsCookies: keepsCookies)
    }

    /// Makes a client of a server that listens.
    ///
    /// It connects when it asks, keeps connections for further requests, and closes them when it is gone.
    /// - Parameters:
    ///   - host: the server's name or address.
    ///   - port: its port.
    ///   - keepsCookies: whether cookies that answers set are sent with all later requests.
    public convenience init(host: String = "127.0.0.1", port: Int, keepsCookies: Bool = false) {
        self.init(access: TCPAccess(host: host, port: port), keepsCookies: keepsCookies)
    }

    init(access: any ServerAccess, keepsCookies: Bool) {
        self.access = access
        jar = keepsCookies ? CookieJar() : nil
    }

    /// Sends these header fields with every request from now on, such as `Origin` or `Cookie`.
    ///
    /// Those of a single request come first.
    public func setHeaders(_ headers: HTTPFields) {
        commonHeaders.withLock { $0 = headers }
    }

    /// The cookies that were set until now, by name; none unless the client keeps them.
    public var cookies: [ByteText: String] { jar?.cookies ?? [:] }

    // MARK: Time

    /// Moves the clock, and runs everything that becomes due on the way.
    ///
    /// In memory only: a server's clock can't be turned, so over TCP it ends the program.
    public func advance(by time: Duration) async {
        await access.advance(by: time)
    }

    /// Runs everything that is due now; over TCP it does nothing.
    public func settle() async {
        await access.settle()
    }

    /// Waits until `condition` holds, such as the count of a server's connections.
    ///
    /// In memory the clock moves meanwhile, by a millisecond for each look.
    /// - Parameters:
    ///   - what: what is waited for, for the error.
    ///   - condition: is looked at again and again; in memory, on the handler's loop.
    /// - Throws: ``TestError/timedOut(_:)`` if it doesn't hold within ten seconds.
    public func wait(for what: String, until condition: @escaping @Sendable () -> Bool) async throws {
        try await access.wait(for: what) { try await self.access.onLoop { condition() ? () : nil } }
    }

    // MARK: HTTP

    /// Asks by `GET` and waits for the whole answer.
    ///
    /// - Parameters:
    ///   - target: path and query.
    ///   - headers: header fields.
    /// - Returns: the answer.
    /// - Throws: ``TestError`` if the target isn't one, or the answer never ends.
    public func get(_ target: String, headers: HTTPFields = [:]) async throws -> TestResponse {
        try await execute(.get, target, headers: headers)
    }

    /// Asks by `POST` and waits for the whole answer.
    ///
    /// - Parameters:
    ///   - target: path and query.
    ///   - headers: header fields.
    ///   - body: the body, as text.
    /// - Returns: the answer.
    /// - Throws: ``TestError`` if the target isn't one, or the answer never ends.
    public func post(_ target: String, headers: HTTPFields = [:], body: String) async throws -> TestResponse {
        try await execute(.post, target, headers: headers, body: ByteBuffer(string: body))
    }

    /// Asks and waits for the whole answer.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - target: path and query.
    ///   - headers: header fields.
    ///   - body: the body.
    /// - Returns: the answer.
    /// - Throws: ``TestError`` if the target isn't one, or the answer never ends.
    public func execute(
        _ method: HTTPRequest.Method,
        _ target: String,
        headers: HTTPFields = [:],
        body: ByteBuffer = ByteBuffer()
    ) async throws -> TestResponse {
        try await start(method, target, headers: headers, body: body).response()
    }

    /// Asks and doesn't wait, for answers that come later, such as a poll's.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - target: path and query.
    ///   - headers: header fields.
    ///   - body: the body.
    /// - Returns: the exchange, to wait for or to abort.
    /// - Throws: ``TestError`` if the target isn't one; over TCP, the operating system's error if nobody listens.
    public func start(
        _ method: HTTPRequest.Method,
        _ target: String,
        headers: HTTPFields = [:],
        body: ByteBuffer = ByteBuffer()
    ) async throws -> TestExchange {
        guard let target = RequestTarget(target) else { throw TestError.invalidTarget(target) }
        var headers = headers
        for field in commonHeaders.withLock({ $0 }) where headers[field.name] == nil { headers.append(field) }
        if let jar, headers[.cookie] == nil, let cookie = jar.field { headers[.cookie] = cookie }
        let request = TestRequest(method: method, target: target, headers: headers, body: body, jar: jar)
        return TestExchange(access, try await access.start(request))
    }

    // MARK: WebSocket

    /// Opens a WebSocket.
    ///
    /// - Parameters:
    ///   - target: path and query.
    ///   - headers: header fields besides those of the handshake.
    /// - Returns: the client's end.
    /// - Throws: ``TestError/refused(_:)`` with the answer if the handler doesn't upgrade.
    public func webSocket(_ target: String, headers: HTTPFields = [:]) async throws -> TestWebSocket {
        var headers = headers
        headers[.upgrade] = "websocket"
        headers[.connection] = "Upgrade"
        headers[.secWebSocketVersion] = "13"
        headers[.secWebSocketKey] = WebSocketProof.key
        let exchange = try await start(.get, target, headers: headers)
        return try await exchange.webSocket()
    }

    // MARK: The loop

    /// Runs `body` on the handler's loop, then everything that became due.
    ///
    /// In memory only: over TCP it is the client's own loop.
    package func onLoop<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await access.onLoop(body)
    }
}
