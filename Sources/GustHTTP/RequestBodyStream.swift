import HTTPTypes
package import NIOCore

/// The stream of a body from a connection to its one reader.
///
/// The server calls `receive`; the reader calls `next` or `collect`. Bytes that the reader hasn't requested are buffered, and
/// `onDemand` controls whether the server reads more (back-pressure). All state belongs to the loop.
///
/// `@unchecked Sendable`: every access to the state first hops to its loop or asserts that it is on the loop.
package final class RequestBodyStream: @unchecked Sendable {
    package enum Event {
        case bytes(ByteBuffer)
        case end
        case failure(HTTPError)
    }

    private enum Reader {
        case none
        case once((Result<ByteBuffer?, HTTPError>) -> Void)
        case collecting(limit: Int, (Result<ByteBuffer, HTTPError>) -> Void)
    }

    private let eventLoop: any EventLoop
    /// Called with `true` when the reader waits for bytes, and with `false` when bytes are buffered or the body is too long.
    ///
    /// The server sets this closure, which is called on the loop.
    package var onDemand: ((Bool) -> Void)?
    private var waiting = ByteBuffer()
    private var ending: Result<Void, HTTPError>?
    private var reader = Reader.none

    package init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Adds what the connection has received; must be called on the loop.
    package func receive(_ event: Event) {
        eventLoop.assertInEventLoop()
        guard ending == nil else { return }
        switch event {
        case .bytes(var bytes): waiting.writeBuffer(&bytes)
        case .end: ending = .success(())
        case .failure(let error): ending = .failure(error)
        }
        serve()
    }

    /// The next piece, or nil at the end; may be called on any thread.
    ///
    /// - Throws: ``HTTPError`` if the body isn't received in full, or with status 500 if another reader waits for bytes.
    func next() async throws -> ByteBuffer? {
        try await withCheckedThrowingContinuation { continuation in
            let ask: @Sendable () -> Void = {
                guard case .none = self.reader else { return continuation.resume(throwing: Self.isBeingRead) }
                self.reader = .once { continuation.resume(with: $0.mapError { $0 as any Error }) }
                self.demand()
                self.serve()
            }
            if eventLoop.inEventLoop { ask() } else { eventLoop.execute(ask) }
        }
    }

    /// Calls `completion` on the loop with the next piece, or with nil at the end; must be called on the loop.
    ///
    /// This costs no task. `completion` is called before this method returns if a piece is waiting.
    func next(_ completion: @escaping (Result<ByteBuffer?, HTTPError>) -> Void) {
        eventLoop.assertInEventLoop()
        guard case .none = reader else { return completion(.failure(Self.isBeingRead)) }
        reader = .once(completion)
        demand()
        serve()
    }

    /// Collects the whole body and calls `completion` on the loop; must be called on the loop.
    func collect(upTo limit: Int, _ completion: @escaping (Result<ByteBuffer, HTTPError>) -> Void) {
        eventLoop.assertInEventLoop()
        guard case .none = reader else { return completion(.failure(Self.isBeingRead)) }
        reader = .collecting(limit: limit, completion)
        demand()
        serve()
    }

    private static let isBeingRead = HTTPError(.internalServerError, "the request's body is already being read")

    private func demand() {
        if ending == nil { onDemand?(true) }
    }

    private func serve() {
        switch reader {
        case .none:
            if waiting.readableBytes > 0, ending == nil { onDemand?(false) }
        case .once(let completion):
            if waiting.readableBytes > 0 {
                let bytes = waiting
                waiting = ByteBuffer()
                reader = .none
                completion(.success(bytes))
            } else if let ending {
                reader = .none
                completion(ending.map { nil })
            }
        case .collecting(let limit, let completion):
            if waiting.readableBytes > limit {
                reader = .none
                waiting = ByteBuffer()
                ending = .failure(HTTPError(.contentTooLarge))
                completion(.failure(HTTPError(.contentTooLarge)))
                onDemand?(false)
            } else if let ending {
                reader = .none
                let bytes = waiting
                waiting = ByteBuffer()
                completion(ending.map { bytes })
            }
        }
    }
}
