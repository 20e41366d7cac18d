import HTTPTypes
public import NIOCore
import Synchronization

/// A request's body: bytes that are here already, or a stream that still arrives.
///
/// A body that has bytes can be read once, by one reader: a second reading throws ``HTTPError`` with status 500, however
/// the body arrived. Reading it as a sequence stops the connection's reading while you don't ask for more.
public struct RequestBody: Sendable {
    package enum Storage: Sendable {
        case bytes(ByteBuffer)
        case stream(RequestBodyStream)
    }

    /// The most bytes that are collected unless said otherwise.
    static let defaultLimit = 1 << 20

    /// Whether somebody has begun to read; all copies of a body share it.
    private final class Claim: Sendable {
        private let isTaken = Atomic(false)

        /// Takes the claim; false if it was taken before.
        func take() -> Bool { !isTaken.exchange(true, ordering: .relaxed) }
    }

    package let storage: Storage
    /// nil for an empty body, which reads the same every time.
    private let claim: Claim?
    /// The most bytes it may have; nil leaves that to who collects it.
    private var limit: Int?

    /// A body that is here in full.
    public init(_ bytes: ByteBuffer = ByteBuffer()) {
        storage = .bytes(bytes)
        claim = bytes.readableBytes > 0 ? Claim() : nil
    }

    /// A body that arrives piece by piece.
    package init(_ stream: RequestBodyStream) {
        storage = .stream(stream)
        claim = Claim()
    }

    private static let wasRead = HTTPError(.internalServerError, "the request's body was read before")

    /// Begins to read.
    private func begin() throws(HTTPError) {
        guard claim?.take() ?? true else { throw Self.wasRead }
    }

    /// Bounds the body, for all who read it: what is longer is an error, 413.
    ///
    /// A bound that is there already stays if it is smaller.
    package mutating func limit(to limit: Int) {
        self.limit = Swift.min(limit, self.limit ?? limit)
    }

    /// Reads the whole body, of as many bytes as the middleware `BodyLimit` says, without it 1 MiB.
    ///
    /// - Returns: the bytes, possibly none.
    /// - Throws: ``HTTPError`` with status 413 if the body is longer, 400 or 408 if it doesn't arrive in full, 500 if it was
    ///   read before.
    public func collect() async throws -> ByteBuffer { try await collect(within: nil) }

    /// Reads the whole body.
    ///
    /// - Parameter limit: the most bytes accepted. What the middleware `BodyLimit` says isn't exceeded either way.
    /// - Returns: the bytes, possibly none.
    /// - Throws: ``HTTPError`` with status 413 if the body is longer, 400 or 408 if it doesn't arrive in full, 500 if it was
    ///   read before.
    public func collect(upTo limit: Int) async throws -> ByteBuffer {
        // With an optional limit this would be NIO's method of all sequences, whose error nobody answers with 413.
        try await collect(within: limit)
    }

    /// Reads the whole body; nil is what ``collect()`` takes.
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

    /// Calls `completion` on the loop with the whole body, in place if it is here already.
    ///
    /// Costs no task.
    ///
    /// The caller is on the request's loop. After an error the rest of the body is not read.
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

    /// How long it may be where whoever reads it says `limit`.
    func bounded(_ limit: Int?, otherwise usual: Int = defaultLimit) -> Int {
        Swift.min(limit ?? self.limit ?? usual, self.limit ?? .max)
    }
}

extension RequestBody: AsyncSequence {
    /// Asks for the body piece by piece.
    public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        fileprivate var storage: Storage?
        fileprivate let body: RequestBody
        private var hasBegun = false
        /// How many more bytes there may be.
        fileprivate var allowance: Int

        /// Waits for the next piece.
        ///
        /// - Returns: the piece, or nil at the end.
        /// - Throws: ``HTTPError`` if the body can't be received in full, or with status 500 if another iterator began to
        ///   read it, or is waiting for it.
        public mutating func next() async throws -> ByteBuffer? {
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

        fileprivate init(_ body: RequestBody) {
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

    /// Begins to read; a body can be read once.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}
