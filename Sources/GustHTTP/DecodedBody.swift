import HTTPTypes
import NIOCore

/// Reads the encoded body of a request, and passes the decoded bytes to a stream when its reader requests them.
///
/// At most one piece of ``pieceLength`` encoded bytes is decoded ahead of the reader. While the reader requests nothing, nothing more
/// is received from the client either.
///
/// `@unchecked Sendable`: all methods are called on the loop of the request, by the demand of the stream and the bytes of the server.
package final class DecodedBody: @unchecked Sendable {
    /// The number of encoded bytes that are decoded at once: gzip makes at most about a thousand times as many of them.
    package static let pieceLength = 1_024

    private let source: RequestBodyStream?
    private let decoder: any BodyDecoder
    /// The stream keeps this object, not the other way round.
    private weak var target: RequestBodyStream?
    /// Encoded bytes that have been received, and aren't decoded yet.
    private var received: ByteBuffer
    private var hasReceivedAll: Bool
    private var encodedAllowance: Int
    private var decodedAllowance: Int
    private var isWanted = false
    private var isReceiving = false
    private var isWorking = false
    private var hasEnded = false

    init(
        _ storage: RequestBody.Storage,
        _ decoder: any BodyDecoder,
        limit: Int,
        into target: RequestBodyStream
    ) {
        switch storage {
        case .bytes(let bytes): (source, received, hasReceivedAll) = (nil, bytes, true)
        case .stream(let stream): (source, received, hasReceivedAll) = (stream, ByteBuffer(), false)
        }
        self.decoder = decoder
        self.target = target
        encodedAllowance = limit - received.readableBytes
        decodedAllowance = limit
    }

    /// The reader requests bytes, or has enough of them.
    func demand(_ isWanted: Bool) {
        self.isWanted = isWanted
        work()
    }

    private func work() {
        // A reader that gets bytes requests the next ones at once: the loop below continues then.
        guard !isWorking else { return }
        isWorking = true
        defer { isWorking = false }
        do throws(HTTPError) {
            while isWanted, !hasEnded, !isReceiving { try step() }
        } catch {
            end(.failure(error))
        }
    }

    private func step() throws(HTTPError) {
        guard encodedAllowance >= 0 else { throw HTTPError(.contentTooLarge) }
        let length = min(received.readableBytes, Self.pieceLength)
        if length > 0, let piece = received.readSlice(length: length) {
            let bytes = try decoder.decode(piece, upTo: decodedAllowance)
            decodedAllowance -= bytes.readableBytes
            if bytes.readableBytes > 0 { target?.receive(.bytes(bytes)) }
        } else if hasReceivedAll {
            try decoder.finish()
            end(.end)
        } else {
            receive()
        }
    }

    /// Requests the next encoded bytes.
    private func receive() {
        isReceiving = true
        source?.next { result in
            self.isReceiving = false
            switch result {
            case .success(let bytes?):
                self.encodedAllowance -= bytes.readableBytes
                self.received = bytes
            case .success(nil): self.hasReceivedAll = true
            case .failure(let error): self.end(.failure(error))
            }
            self.work()
        }
    }

    private func end(_ event: RequestBodyStream.Event) {
        guard !hasEnded else { return }
        hasEnded = true
        received = ByteBuffer()
        target?.receive(event)
    }
}
