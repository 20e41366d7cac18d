import HTTPTypes
public import NIOCore
import Synchronization

/// The body of a request: bytes that have been received in full, or a stream.
///
/// A body that isn't empty can be read once; a second reader gets an ``HTTPError`` with status 500. If the body is read as a
/// sequence, nothing more is read from the client until the next piece is requested.
public struct RequestBody: Sendable {
    package enum Storage: Sendable {
        case bytes(ByteBuffer)
        case stream(RequestBodyStream)
    }

    /// The default limit of the methods that collect a body, in bytes.
    static let defaultLimit = 1 << 20

    /// Whether a reader has begun to read the body; shared by all copies of the body.
    private final class Claim: Sendable {
        private let isTaken = Atomic(false)

        /// Takes the claim; `false` if it has already been taken.
        func take() -> Bool { !isTaken.exchange(true, ordering: .relaxed) }
    }

    package let storage: Storage
    /// nil for an empty body, which can be read any number of times.
    private let claim: Claim?
    /// The maximum length in bytes that ``limit(to:)`` has set; nil if none was set.
    private var limit: Int?

    /// No body.
    static let empty = RequestBody(ByteBuffer())

    /// Makes a body of bytes that have been received in full.
    public init(_ bytes: ByteBuffer = ByteBuffer()) {
        storage = .bytes(bytes)
        claim = bytes.readableBytes > 0 ? Claim() : nil
    }

    /// Makes a body that is received piece by piece.
    package init(_ stream: RequestBodyStream) {
        storage = .stream(stream)
        claim = Claim()
    }

    private static let wasRead = HTTPError(.internalServerError, "the request's body has already been read")

    /// Takes the claim of the body, or throws if it has already been taken.
    private func begin() throws(HTTPError) {
        guard claim?.take() ?? true else { throw Self.wasRead }
    }

    /// Whether there is no body.
    package var isEmpty: Bool { claim == nil }

    /// Limits the length of the body for all readers; a longer body is an error with status 413.
    ///
    /// A smaller limit that has been set before stays.
    package mutating func limit(to limit: Int) {
        self.limit = Swift.min(limit, self.limit ?? limit)
    }

    /// This body decoded piece by piece while it is read, at most `limit` bytes, or the limit that has been set before if that is smaller.
    ///
    /// The encoded bytes are limited in the same way, because an encoded body may have any number of bytes that decode to nothing.
    /// Nothing is decoded before a reader requests it. The decoder is used on the loop of `executor`.
    package func decoded(by decoder: any BodyDecoder, upTo limit: Int, on executor: LoopExecutor) -> RequestBody {
        let stream = RequestBodyStream(eventLoop: executor.eventLoop)
        let decoding = DecodedBody(storage, decoder, limit: Swift.min(limit, self.limit ?? limit), into: stream)
        stream.onDemand = { decoding.demand($0) }
        var body = RequestBody(stream)
        // Without a limit of its own, collecting the body has the usual one.
        body.limit = self.limit
        return body
    }

    /// Reads the whole body; its limit is that of the middleware `BodyLimit`, or 1 MiB without that middleware.
    ///
    /// - Returns: The bytes, possibly none.
    /// - Throws: ``HTTPError`` with status 413 if the body is longer, 400 or 408 if it isn't received in full, 500 if it has
    ///   already been read.
    public func collect() async throws -> ByteBuffer { try await collect(within: nil) }

    /// Reads the whole body.
    ///
    /// - Parameter limit: The maximum length in bytes. The limit of the middleware `BodyLimit` can't be exceeded.
    /// - Returns: The bytes, possibly none.
    /// - Throws: ``HTTPError`` with status 413 if the body is longer, 400 or 408 if it isn't received in full, 500 if it has
    ///   already been read.
    public func collect(upTo limit: Int) async throws -> ByteBuffer {
        // `limit` isn't optional, so that calls resolve to this method instead of NIO's `collect(upTo:)` of asynchronous
        // sequences, whose error isn't answered with 413.
        try await collect(within: limit)
    }

    /// Reads the whole body, up to the limit of ``bounded(_:otherwise:)``.
    func collect(within limit: Int?, otherwise usual: Int = defaultLimit) async throws -> ByteBuffer {
        let limit = bounded(limit, otherwise: usual)
        switch storage {
        case .bytes(let bytes):
            try begin()
            guard bytes.readableBytes <= limit else { throw HTTPError(.contentTooLarge) }
            return bytes
        case .stream:
            var collected = ByteBuffer()
            for try await var chunk in self {
                guard collected.readableBytes + chunk.readableBytes <= limit else { throw HTTPError(.contentTooLarge) }
                collected.writeBuffer(&chunk)
            }
            return collected
        }
    }

    /// Calls `completion` on the loop with the whole body, synchronously if the body has been received in full.
    ///
    /// This costs no task. It must be called on the loop of the request. After an error the rest of the body isn't read.
    package func collect(upTo limit: Int, _ completion: @escaping (Result<ByteBuffer, HTTPError>) -> Void) {
        let limit = bounded(limit)
        guard claim?.take() ?? true else { return completion(.failure(Self.wasRead)) }
        switch storage {
        case .bytes(let bytes):
            completion(bytes.readableBytes <= limit ? .success(bytes) : .failure(HTTPError(.contentTooLarge)))
        case .stream(let stream):
            stream.collect(upTo: limit, completion)
        }
    }

    /// Reads a body that has been received in full; nil for a body that is received piece by piece.
    ///
    /// - Throws: ``HTTPError`` with status 413 if the body is longer than `limit`, or than the limit that has been set before; 500 if it
    ///   has already been read.
    package func takeReceived(upTo limit: Int) throws(HTTPError) -> ByteBuffer? {
        guard case .bytes(let bytes) = storage else { return nil }
        try begin()
        guard bytes.readableBytes <= bounded(limit) else { throw HTTPError(.contentTooLarge) }
        return bytes
    }

    /// The maximum length for a reader with the given limit: `limit`, else the limit of the body, else `usual`.
    ///
    /// The limit of the body is never exceeded.
    func bounded(_ limit: Int?, otherwise usual: Int = defaultLimit) -> Int {
        Swift.min(limit ?? self.limit ?? usual, self.limit ?? .max)
    }
}

extension RequestBody: AsyncSequence {
    /// Reads the body piece by piece.
    package struct Iterator: AsyncIteratorProtocol, Sendable {
        fileprivate var storage: Storage?
        fileprivate let body: RequestBody
        private var hasBegun = false
        /// The number of bytes that the rest of the body may have.
        fileprivate var allowance: Int

        /// Waits for the next piece.
        ///
        /// - Returns: The piece, or nil at the end.
        /// - Throws: ``HTTPError`` with status 413 if the body is longer than its limit, 400 or 408 if it isn't received in full,
        ///   500 if another reader has begun to read it.
        package mutating func next() async throws -> ByteBuffer? {
            if !hasBegun {
                hasBegun = true
                do throws(HTTPError) {
                    try body.begin()
                } catch {
                    storage = nil
                    throw error
                }
            }
            switch storage {
            case .bytes(let bytes):
                storage = nil
                return bytes.readableBytes > 0 ? try counted(bytes) : nil
            case .stream(let stream):
                return try await stream.next().map { try counted($0) }
            case nil:
                return nil
            }
        }

        package init(_ body: RequestBody) {
            self.body = body
            storage = body.storage
            allowance = body.limit ?? .max
        }

        private mutating func counted(_ bytes: ByteBuffer) throws(HTTPError) -> ByteBuffer {
            allowance -= bytes.readableBytes
            guard allowance >= 0 else {
                storage = nil
                throw HTTPError(.contentTooLarge)
            }
            return bytes
        }
    }

    /// Makes an iterator; a body can be read once.
    public func makeAsyncIterator() -> some AsyncIteratorProtocol<ByteBuffer, any Error> & Sendable { Iterator(self) }
}
