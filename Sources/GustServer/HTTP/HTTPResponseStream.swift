import GustHTTP
import HTTPTypes
import NIOCore

/// Writes one streamed answer to its connection.
///
/// Belongs to the loop.
final class HTTPResponseStream: ResponseWriter {
    private enum State { case waiting, writing(HTTPResponseEncoder.Framing), ended }

    private weak var connection: HTTPConnectionHandler?
    private let exchange: HTTPExchange
    let eventLoop: any EventLoop
    var status: HTTPResponse.Status
    var headers: HTTPFields
    var isChunked = true
    var onWritable: (() -> Void)? {
        didSet {
            // After the end nothing is kept: the closure usually holds this writer.
            if case .ended = state, onWritable != nil { onWritable = nil }
        }
    }
    var onAbort: (() -> Void)? {
        didSet {
            // Set after the peer left: the caller is told at once, and nothing is kept.
            guard case .ended = state, let onAbort else { return }
            self.onAbort = nil
            if hasPeerLeft { onAbort() }
        }
    }
    private var hasPeerLeft = false
    // Only loaded and stored, so no two uses can overlap.
    @exclusivity(unchecked) private var state = State.waiting
    /// What is missing to the length that the head promised; nil if it promised none.
    private var promised: Int?

    init(_ response: Response, connection: HTTPConnectionHandler, exchange: HTTPExchange) {
        self.connection = connection
        self.exchange = exchange
        eventLoop = connection.eventLoop
        status = response.status
        headers = response.headers
    }

    var isWritable: Bool {
        if case .ended = state { return false }
        return connection?.isWritable ?? false
    }

    func write(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0, let framing = begin() else { return }
        guard framing == .chunked else {
            // What exceeds the length would be read as the next answer.
            connection?.write(body: bytes.getSlice(at: bytes.readerIndex, length: take(bytes.readableBytes)) ?? bytes)
            return
        }
        connection?.write { $0.writeString(String(bytes.readableBytes, radix: 16) + "\r\n") }
        connection?.write(body: bytes)
        connection?.write { $0.writeStaticString("\r\n") }
    }

    func write(_ region: FileRegion) {
        guard region.readableBytes > 0, let framing = begin() else { return }
        guard framing == .chunked else {
            if take(region.readableBytes) == region.readableBytes { connection?.write(region) } else { abort() }
            return
        }
        connection?.write { $0.writeString(String(region.readableBytes, radix: 16) + "\r\n") }
        connection?.write(region)
        connection?.write { $0.writeStaticString("\r\n") }
    }

    func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?) {
        guard let connection else {
            end()
            completion?(false)
            return
        }
        connection.inOneWrite { finish(bytes, on: connection, completion: completion) }
    }

    private func finish(
        _ bytes: ByteBuffer,
        on connection: HTTPConnectionHandler,
        completion: ((Bool) -> Void)?
    ) {
        switch state {
        case .ended:
            completion?(false)
            return
        case .waiting:
            applyConnectionField()
            status = status.sendable
            let hasBody = exchange.hasBody(status)
            // A HEAD answer keeps the length that a GET would have.
            let declared = bytes.readableBytes == 0 ? declaredLength ?? 0 : bytes.readableBytes
            guard declared == bytes.readableBytes || !hasBody else {
                // All of the bytes that the fields promise are missing: only a broken connection tells the peer.
                abort()
                completion?(false)
                return
            }
            connection.writeHead(status, headers, .length(declared), exchange)
            if hasBody { connection.write(body: bytes) }
        case .writing(let framing):
            write(bytes)
            guard promised ?? 0 == 0 || !exchange.hasBody(status) else {
                // The head promised more: only a broken connection tells the peer.
                abort()
                completion?(false)
                return
            }
            if framing == .chunked, exchange.hasBody(status) {
                connection.write { $0.writeStaticString("0\r\n\r\n") }
            }
        }
        end()
        connection.finish(exchange, completion: completion)
    }

    func abort() {
        if case .ended = state { return }
        end()
        connection?.abort()
    }

    /// The peer is gone.
    func peerLeft() {
        if case .ended = state { return }
        hasPeerLeft = true
        let onAbort = onAbort
        end()
        onAbort?()
    }

    /// The peer takes more.
    func becameWritable() {
        if case .ended = state { return }
        onWritable?()
    }

    private func end() {
        state = .ended
        onAbort = nil
        onWritable = nil
    }

    private var declaredLength: Int? { headers[.contentLength].flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 } }

    /// Counts bytes of the promised length; returns how many of them may be sent.
    private func take(_ count: Int) -> Int {
        guard let promised else { return count }
        let taken = min(count, promised)
        self.promised = promised - taken
        return taken
    }

    private func applyConnectionField() {
        if headers[.connection]?.containsToken("close") == true { exchange.keepsAlive = false }
    }

    /// Writes the head before the first bytes; nil if there is nothing to write to, or nothing may be written.
    private func begin() -> HTTPResponseEncoder.Framing? {
        switch state {
        case .ended: return nil
        case .writing(let framing): return exchange.hasBody(status) ? framing : nil
        case .waiting:
            applyConnectionField()
            status = status.sendable
            let framing: HTTPResponseEncoder.Framing =
                declaredLength.map { .length($0) } ?? (isChunked && exchange.isVersion11 ? .chunked : .untilClose)
            state = .writing(framing)
            promised = declaredLength
            connection?.writeHead(status, headers, framing, exchange)
            return exchange.hasBody(status) ? framing : nil
        }
    }
}
