import GustHTTP
import HTTPTypes
import NIOCore

/// The client's end of an exchange over TCP.
///
/// `@unchecked Sendable`: used on the loop only; callers hop to it first (`ServerAccess.onLoop`).
final class ClientExchange: ExchangeEnd, @unchecked Sendable {
    var connection: ClientConnection?
    private var head: (status: HTTPResponse.Status, headers: HTTPFields)?
    private(set) var written = ByteBuffer()
    private(set) var outcome: Result<TestResponse, TestError>?
    private(set) var webSocket: (any WebSocketEnd)?
    private let jar: CookieJar?
    private var isAborted = false

    init(jar: CookieJar?) {
        self.jar = jar
    }

    func begin(_ status: HTTPResponse.Status, _ headers: HTTPFields) {
        head = (status, headers)
        jar?.take(headers)
    }

    func write(_ bytes: ByteBuffer) {
        written.writeImmutableBuffer(bytes)
    }

    func finish() {
        guard let head, outcome == nil else { return }
        outcome = .success(TestResponse(status: head.status, headers: head.headers, body: written))
        connection = nil
    }

    func upgrade(to webSocket: any WebSocketEnd) {
        self.webSocket = webSocket
        connection = nil
    }

    func fail(_ error: any Error) {
        guard outcome == nil else { return }
        outcome = .failure(error as? TestError ?? .unexpected("\(error)"))
        connection = nil
    }

    /// The connection has ended: the received part of the response is the outcome; if there is none, the
    /// exchange fails.
    func connectionEnded() {
        guard !isAborted else { return }
        if head == nil { fail(TestError.closed) } else { finish() }
    }

    func abort() {
        isAborted = true
        connection?.reset()
        connection = nil
    }
}
