import GustHTTP
import GustSocketIO
import HTTPTypes
import NIOCore

/// Makes the answer to a handshake of a WebSocket: the takeover of the connection, or the refusal of the other node.
final class UpgradeSink: ForwardedSink {
    private static let maximumBody = 64 * 1_024

    private let promise: EventLoopPromise<Response>
    private let call: ForwardedCall
    private let node: ForwardingNode
    private var response = Response()
    private var lines = ByteBuffer()
    private var body = ByteBuffer()

    init(_ promise: EventLoopPromise<Response>, _ call: ForwardedCall, _ node: ForwardingNode) {
        self.promise = promise
        self.call = call
        self.node = node
    }

    /// A refusal is collected.
    var isWritable: Bool { true }

    func begin(_ status: HTTPResponse.Status, _ fields: HTTPFields, _ lines: ByteBuffer) {
        response = Response(status: status, headers: fields)
        // The bytes behind a refused handshake may not be HTTP.
        response.headers[.connection] = "close"
        response.headers[.contentLength] = nil
        self.lines = lines
    }

    func write(_ bytes: ByteBuffer) {
        guard body.readableBytes + bytes.readableBytes <= Self.maximumBody else { return }
        body.writeImmutableBuffer(bytes)
    }

    func finish() {
        response.body = .bytes(body)
        promise.succeed(response)
    }

    func upgrade(_ link: NodeLink, _ rest: ByteBuffer) {
        let splice = Splice(link, rest, on: promise.futureResult.eventLoop, node)
        let takeover = ConnectionTakeover(head: lines) { client in splice.open(client) }
        promise.succeed(Response(status: .switchingProtocols, body: .upgrade(WebSocketUpgrade(takeover))))
    }

    func fail() { promise.succeed(call.unknown()) }
}
