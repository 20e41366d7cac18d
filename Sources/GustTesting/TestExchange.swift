import GustHTTP
import HTTPTypes
import NIOCore

/// A request in progress, and what came of it so far.
///
/// `@unchecked Sendable`: its state is used on the client's loop only; every method hops there first.
public final class TestExchange: @unchecked Sendable {
    private let client: TestClient
    private var finished: TestResponse?
    private var writer: TestResponseWriter?
    private var upgraded: TestWebSocket?

    init(client: TestClient) {
        self.client = client
    }

    /// Waits for the end of the answer.
    ///
    /// - Returns: the answer.
    /// - Throws: ``TestError/timedOut(_:)`` if it doesn't end.
    public func response() async throws -> TestResponse {
        try await client.wait(for: "the end of an answer") { self.finished ?? self.writer?.finished }
    }

    /// The answer, if it has ended.
    public func finishedResponse() async throws -> TestResponse? {
        try await client.onLoop { self.finished ?? self.writer?.finished }
    }

    /// What was written so far of an answer that goes on.
    public func partialText() async throws -> String {
        try await client.onLoop { self.writer.map { String(buffer: $0.written) } ?? "" }
    }

    /// Goes away, as a client does that closes its connection.
    public func abort() async throws {
        try await client.onLoop { self.writer?.abortByPeer() }
    }

    func webSocket() async throws -> TestWebSocket {
        let outcome = try await client.wait(for: "an upgrade") { () -> Result<TestWebSocket, TestError>? in
            if let upgraded = self.upgraded { return .success(upgraded) }
            return (self.finished ?? self.writer?.finished).map { .failure(.refused($0)) }
        }
        return try outcome.get()
    }

    /// Takes the handler's answer.
    ///
    /// On the loop.
    func take(_ response: Response) {
        client.takeCookies(of: response)
        switch response.body {
        case .bytes(let bytes):
            finished = TestResponse(status: response.status, headers: response.headers, body: bytes)
        case .stream(let body):
            let writer = TestResponseWriter(
                eventLoop: client.eventLoop,
                status: response.status,
                headers: response.headers
            )
            self.writer = writer
            body(writer)
        case .upgrade(let upgrade):
            let webSocket = TestWebSocket(client: client)
            upgraded = webSocket
            webSocket.open(upgrade)
        }
    }
}
