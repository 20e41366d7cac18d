public import GustHTTP
public import HTTPTypes
public import NIOCore
import Synchronization

/// A client for tests: HTTP, WebSocket and every revision of Socket.IO, in memory or over TCP.
///
/// In memory, the client uses no port and no network, and the clock advances only when the test advances
/// it or waits. The handler runs on one event loop as it does in a server, including middleware, routing,
/// Socket.IO endpoints and their timers.
///
/// ```swift
/// let client = TestClient(router)
/// let response = try await client.get("/users/42")
/// #expect(response.text == "42")
/// ```
///
/// Over TCP, the client uses a running server (``init(host:port:keepsCookies:)``), or runs a server itself, so that one
/// test can run at both depths:
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

    /// Makes a client that calls a handler in memory.
    ///
    /// - Parameters:
    ///   - handler: a router, or any other handler.
    ///   - keepsCookies: whether cookies that responses set are sent with all later requests, including those of
    ///     WebSockets and Socket.IO clients, as a browser does for one site.
    public convenience init(_ handler: any Handler, keepsCookies: Bool = false) {
        self.init(access: HandlerAccess(handler), keepsCookies: keepsCookies)
    }

    /// Makes a client of a running server.
    ///
    /// The client opens a connection when a request needs one, reuses connections, and closes them when
    /// it is deallocated.
    ///
    /// - Parameters:
    ///   - host: the name or address of the server.
    ///   - port: the port of the server.
    ///   - keepsCookies: whether cookies that responses set are sent with all later requests.
    public convenience init(host: String = "127.0.0.1", port: Int, keepsCookies: Bool = false) {
        self.init(access: TCPAccess(host: host, port: port), keepsCookies: keepsCookies)
    }

    init(access: any ServerAccess, keepsCookies: Bool) {
        self.access = access
        jar = keepsCookies ? CookieJar() : nil
    }

    /// Another client of the same server, as a second browser: with cookies of its own if this client keeps cookies, and without the
    /// fields of ``setHeaders(_:)``.
    ///
    /// ```swift
    /// let bob = ada.otherBrowser()
    /// ```
    public func otherBrowser() -> TestClient { TestClient(access: access, keepsCookies: jar != nil) }

    /// Sets header fields that are sent with all later requests, such as `Origin` or `Cookie`.
    ///
    /// A field of a single request replaces a field of the same name. A second call replaces all fields.
    public func setHeaders(_ headers: HTTPFields) {
        commonHeaders.withLock { $0 = headers }
    }

    /// The cookies that responses have set; empty unless the client keeps cookies.
    public var cookies: Cookies { Cookies(jar?.field ?? "") }

    // MARK: Time

    /// Advances the clock and runs all tasks that become due.
    ///
    /// In memory only. Over TCP this traps, because the clock of a server can't be advanced.
    public func advance(by time: Duration) async {
        await access.advance(by: time)
    }

    /// Runs all tasks that are due; does nothing over TCP.
    public func settle() async {
        await access.settle()
    }

    /// Waits until `condition` returns `true`.
    ///
    /// In memory, the clock advances by a millisecond after each call of `condition`.
    ///
    /// - Parameters:
    ///   - what: a description of the condition, for the error.
    ///   - condition: is called repeatedly; in memory, on the handler's loop.
    /// - Throws: ``TestError/timedOut(_:)`` if `condition` doesn't return `true` within thirty seconds.
    public func wait(for what: String, until condition: @escaping @Sendable () -> Bool) async throws {
        try await access.wait(for: what) { try await self.access.onLoop { condition() ? () : nil } }
    }

    // MARK: HTTP

    /// Sends a `GET` and waits for the whole response.
    ///
    /// - Parameters:
    ///   - target: path and query.
    ///   - headers: header fields.
    /// - Returns: the response.
    /// - Throws: ``TestError`` if the target is invalid, the connection ends without a response, or the response
    ///   doesn't end in time; over TCP, the operating system's error if the connection fails.
    public func get(_ target: String, headers: HTTPFields = [:]) async throws -> TestResponse {
        try await execute(.get, target, headers: headers)
    }

    /// Sends a `POST` and waits for the whole response.
    ///
    /// - Parameters:
    ///   - target: path and query.
    ///   - headers: header fields.
    ///   - body: the body, as text.
    /// - Returns: the response.
    /// - Throws: ``TestError`` if the target is invalid, the connection ends without a response, or the response
    ///   doesn't end in time; over TCP, the operating system's error if the connection fails.
    public func post(_ target: String, headers: HTTPFields = [:], body: String) async throws -> TestResponse {
        try await execute(.post, target, headers: headers, body: ByteBuffer(string: body))
    }

    /// Sends a request and waits for the whole response.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - target: path and query.
    ///   - headers: header fields.
    ///   - body: the body.
    /// - Returns: the response.
    /// - Throws: ``TestError`` if the target is invalid, the connection ends without a response, or the response
    ///   doesn't end in time; over TCP, the operating system's error if the connection fails.
    public func execute(
        _ method: HTTPRequest.Method,
        _ target: String,
        headers: HTTPFields = [:],
        body: ByteBuffer = ByteBuffer()
    ) async throws -> TestResponse {
        try await start(method, target, headers: headers, body: body).response()
    }

    /// Sends a request without waiting for the response, such as a poll.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - target: path and query.
    ///   - headers: header fields.
    ///   - body: the body.
    /// - Returns: the exchange, with which the test waits for the response or aborts the request.
    /// - Throws: ``TestError`` if the target is invalid; over TCP, the operating system's error if the connection
    ///   fails.
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
    /// - Returns: the client's end of the WebSocket.
    /// - Throws: ``TestError/refused(_:)`` with the response if the server doesn't upgrade.
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

    /// Runs `body` on the handler's loop, and then all tasks that are due.
    ///
    /// Over TCP, `body` runs on the loop of the client.
    package func onLoop<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await access.onLoop(body)
    }
}
