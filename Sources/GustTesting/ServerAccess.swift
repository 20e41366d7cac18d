import GustHTTP
import HTTPTypes
import NIOCore

/// The way from a test client to the server: a handler in memory, or a server over TCP.
protocol ServerAccess: Sendable {
    /// Begins an exchange.
    func start(_ request: TestRequest) async throws -> any ExchangeEnd
    /// Runs `body` on the loop of all exchanges.
    func onLoop<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
    /// Advances the clock; only in memory.
    func advance(by time: Duration) async
    /// Runs all tasks that are due.
    func settle() async
    /// How many times something has been received from the server.
    var arrivals: Int { get }
    /// Suspends for a short time, or until something more than `arrivals` has been received.
    func pause(after arrivals: Int) async
    /// Closes all connections.
    func close() async
}

extension ServerAccess {
    /// Calls `body` until it returns a value, with a pause after each call.
    ///
    /// Times out after thirty seconds of real time, but not before 2,000 calls: if many tests share few cores, seconds may
    /// pass between two calls, and a test in memory depends on the number of calls, not on real time.
    ///
    /// - Throws: ``TestError/timedOut(_:)``.
    func wait<Value: Sendable>(
        for what: String,
        _ body: @escaping @Sendable () async throws -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now + .seconds(30)
        var looks = 0
        while looks < 2_000 || ContinuousClock.now < deadline {
            looks += 1
            let arrivals = arrivals
            if let value = try await body() { return value }
            await pause(after: arrivals)
        }
        throw TestError.timedOut(what)
    }
}

/// A request of a test client.
struct TestRequest: Sendable {
    var method: HTTPRequest.Method
    var target: RequestTarget
    var headers: HTTPFields
    var body: ByteBuffer
    /// Stores the cookies that the response sets; nil if the client keeps no cookies.
    var jar: CookieJar?
}

/// The client's end of an exchange; used on the loop only.
protocol ExchangeEnd: AnyObject, Sendable {
    /// The whole response, or the reason why there is none; nil while the exchange is in progress.
    var outcome: Result<TestResponse, TestError>? { get }
    /// The body, as far as it has been received.
    var written: ByteBuffer { get }
    /// The WebSocket; nil unless the request has been upgraded.
    var webSocket: (any WebSocketEnd)? { get }
    /// Closes the connection of the exchange.
    func abort()
}

/// The client's end of a WebSocket; used on the loop only.
protocol WebSocketEnd: AnyObject, Sendable {
    /// Sends a text or binary message.
    func send(_ message: TestWebSocket.Message) throws
    /// Starts the closing handshake (RFC 6455 §7.1.2).
    func close(_ code: WebSocketCloseCode?)
    /// Ends the connection without a closing handshake.
    func abort()
    /// Removes and returns the oldest received message.
    func take() -> TestWebSocket.Message?
    /// Stops or resumes reading from the server.
    func setWritable(_ isWritable: Bool)
}
