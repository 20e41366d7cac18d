import NIOCore

/// For how long a connection waits, by what it waits for; made once for a server.
final class ConnectionTimeouts: Sendable {
    private let request: TimeAmount
    private let stream: TimeAmount
    private let head: TimeAmount
    private let body: TimeAmount
    private let write: TimeAmount

    init(_ limits: HTTPLimits) {
        request = TimeAmount(limits.idleTimeout)
        stream = TimeAmount(limits.halfCloseTimeout)
        head = TimeAmount(limits.headTimeout)
        body = TimeAmount(limits.bodyTimeout)
        write = TimeAmount(limits.writeTimeout)
    }

    subscript(kind: ConnectionDeadlines.Kind) -> TimeAmount {
        switch kind {
        case .request, .answer: request
        case .stream: stream
        case .head: head
        case .body: body
        case .write: write
        // Long enough for the peer to read the response and to stop sending.
        case .linger: .seconds(2)
        }
    }
}
