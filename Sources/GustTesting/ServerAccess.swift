import GustHTTP
import HTTPTypes
import NIOCore

/// How a client reaches what it asks: a handler in memory, or a server over sockets.
protocol ServerAccess: Sendable {
    /// Begins an exchange.
    func start(_ request: TestRequest) async throws -> any ExchangeEnd
    /// Runs `body` on the loop that all exchanges belong to.
    func onLoop<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
    /// Moves the clock, if it is ours.
    func advance(by time: Duration) async
    /// Runs everything that is due now.
    func settle() async
    /// How often something has come from the server.
    var arrivals: Int { get }
    /// Lets a moment pass; it ends as soon as there are more than `arrivals`.
    func pause(after arrivals: Int) async
    /// Goes away with everything that is open.
    func close() async
}

extension ServerAccess {
    /// Looks until `body` gives a value, and in between lets happen what can.
    ///
    /// It gives up after ten seconds of real time, but not before it has looked 2,000 times: where many tests share few
    /// cores, a look may come seconds after the one before, and a test in memory needs looks, not time.
    ///
    /// - Throws: ``TestError/timedOut(_:)``.
    func wait<Value: Sendable>(
        for what: String,
        _ body: @escaping @Sendable () async throws -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now + .seconds(10)
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

/// What a client asks.
struct TestRequest: Sendable {
    var method: HTTPRequest.Method
    var target: RequestTarget
    var headers: HTTPFields
    var body: ByteBuffer
    /// Gets the cookies that the answer sets; nil if the client keeps none.
    var jar: CookieJar?
}

/// The client's end of a request in progress; belongs to the loop.
protocol ExchangeEnd: AnyObject, Sendable {
    /// The whole answer, or why there will be none; nil until then.
    var outcome: Result<TestResponse, TestError>? { get }
    /// What has come of the body.
    var written: ByteBuffer { get }
    /// The WebSocket that the request became.
    var webSocket: (any WebSocketEnd)? { get }
    /// Goes away.
    func abort()
}

/// The client's end of a WebSocket; belongs to the loop.
protocol WebSocketEnd: AnyObject, Sendable {
    /// Sends text or bytes.
    func send(_ message: TestWebSocket.Message) throws
    /// Goes away by the closing handshake.
    func close(_ code: WebSocketCloseCode?)
    /// Goes away without a word.
    func abort()
    /// The oldest message that nobody took.
    func take() -> TestWebSocket.Message?
    /// Stops and resumes taking what the server sends.
    func setWritable(_ isWritable: Bool)
}
