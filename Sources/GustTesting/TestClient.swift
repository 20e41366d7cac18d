public import GustHTTP
public import HTTPTypes
public import NIOCore
package import NIOEmbedded
import Synchronization

/// Asks a handler in-process: no port, no network, and a clock that only moves when a test says so.
///
/// The handler runs on one event loop, exactly as it would on a server's: middleware, routing, Socket.IO endpoints and
/// their timers included.
///
/// ```swift
/// let client = TestClient(router)
/// let response = try await client.get("/users/42")
/// #expect(response.text == "42")
/// ```
public final class TestClient: Sendable {
    /// The loop everything runs on; its clock stands still until ``advance(by:)``.
    package let eventLoop: NIOAsyncTestingEventLoop
    package let executor: LoopExecutor
    private let handler: any Handler
    private let commonHeaders = Mutex<HTTPFields>([:])
    private let jar: CookieJar?

    /// Makes a client of `handler`: a router, an application, or any other handler.
    ///
    /// - Parameters:
    ///   - handler: who is asked.
    ///   - keepsCookies: whether cookies that answers set are sent with all later requests, WebSocket handshakes and
    ///     Socket.IO clients included, as a browser does for one site.
    public init(_ handler: any Handler, keepsCookies: Bool = false) {
        self.handler = handler
        jar = keepsCookies ? CookieJar() : nil
        eventLoop = NIOAsyncTestingEventLoop()
        executor = LoopExecutor(eventLoop)
    }

    /// Sends these header fields with every request from now on, such as `Origin` or `Cookie`.
    ///
    /// Those of a single request come first.
    public func setHeaders(_ headers: HTTPFields) {
        commonHeaders.withLock { $0 = headers }
    }

    /// The cookies that were set until now, by name; none unless the client keeps them.
    public var cookies: [String: String] { jar?.cookies ?? [:] }

    // MARK: Time

    /// Moves the clock, and runs everything that becomes due on the way.
    public func advance(by time: Duration) async {
        await eventLoop.advanceTime(by: TimeAmount(time))
    }

    /// Runs everything that is due now.
    public func settle() async {
        await eventLoop.run()
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
    /// - Throws: ``TestError`` if the target isn't one.
    public func start(
        _ method: HTTPRequest.Method,
        _ target: String,
        headers: HTTPFields = [:],
        body: ByteBuffer = ByteBuffer()
    ) async throws -> TestExchange {
        guard let target = RequestTarget(target) else { throw TestError.invalidTarget(target) }
        let exchange = TestExchange(client: self)
        var headers = headers
        for field in commonHeaders.withLock({ $0 }) where headers[field.name] == nil { headers.append(field) }
        if let jar, headers[.cookie] == nil, let cookie = jar.field { headers[.cookie] = cookie }
        let request = Request(
            method: method,
            target: target,
            headers: headers,
            body: RequestBody(body),
            executor: executor
        )
        try await onLoop { [handler] in
            do {
                if let response = try handler.respondInPlace(to: request) { return exchange.take(response) }
            } catch {
                return exchange.take(Self.response(for: error))
            }
            Task.immediate(executorPreference: request.executor) {
                do {
                    exchange.take(try await handler.respond(to: request))
                } catch {
                    exchange.take(Self.response(for: error))
                }
            }
        }
        return exchange
    }

    /// Keeps what an answer sets, if this client does.
    func takeCookies(of response: Response) { jar?.take(response.headers) }

    private static func response(for error: any Error) -> Response {
        (error as? HTTPError ?? HTTPError(.internalServerError)).response
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
        let exchange = try await start(.get, target, headers: headers)
        return try await exchange.webSocket()
    }

    // MARK: The loop

    /// Runs `body` on the loop, then everything that became due.
    package func onLoop<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let value = try await eventLoop.executeInContext(body)
        await eventLoop.run()
        return value
    }

    /// Runs the loop until `body` gives a value.
    ///
    /// Waits for tasks of user code that left the loop, but not for ever.
    package func wait<Value: Sendable>(for what: String, _ body: @escaping @Sendable () -> Value?) async throws -> Value
    {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if let value = try await onLoop(body) { return value }
            // Time passes while a test waits: a millisecond of the loop's for each look.
            await eventLoop.advanceTime(by: .milliseconds(1))
            await Task.yield()
        }
        throw TestError.timedOut(what)
    }
}
