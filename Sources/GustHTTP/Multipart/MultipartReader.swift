import HTTPTypes
import NIOCore

/// Reads the parts of a request one after the other; shared by the sequence of parts and the parts.
///
/// The next piece of the body is only read when a caller needs it. After an error, every call throws the same error.
final class MultipartReader {
    private var source: RequestBody.AsyncIterator
    private var parser: MultipartParser
    private var failure: (any Error)?
    /// The number of parts that have begun.
    private var count = 0
    private var isInPart = false
    private var isDone = false

    init(_ body: RequestBody, _ boundary: MultipartBoundary, maximumParts: Int) {
        source = body.makeAsyncIterator()
        parser = MultipartParser(boundary, maximumParts: maximumParts)
    }

    /// Drops the rest of the current part and returns the next part; nil after the last part.
    nonisolated(nonsending) func nextPart() async throws -> RequestPart? {
        while !isDone {
            switch try await nextEvent() {
            case .head(let head):
                count += 1
                isInPart = true
                return RequestPart(head, number: count, self)
            case .bytes: continue
            case .endOfPart: isInPart = false
            case .end: isDone = true
            }
        }
        return nil
    }

    /// The next bytes of part `number`; nil at its end.
    ///
    /// - Throws: ``HTTPError`` with status 500 if the next part has already been requested.
    nonisolated(nonsending) func nextBytes(ofPart number: Int) async throws -> ByteBuffer? {
        guard number == count else {
            throw HTTPError(.internalServerError, "a part was read after the next part had been requested")
        }
        guard isInPart else { return nil }
        switch try await nextEvent() {
        case .bytes(let bytes): return bytes
        case .head, .endOfPart, .end:
            isInPart = false
            return nil
        }
    }

    private nonisolated(nonsending) func nextEvent() async throws -> MultipartParser.Event {
        if let failure { throw failure }
        do {
            while true {
                if let event = try parser.next() {
                    // The rest of the body is read and dropped, so that the connection can be used for the next request.
                    while event == .end, try await nextPiece() != nil {}
                    return event
                }
                guard let piece = try await nextPiece() else {
                    throw HTTPError(.badRequest, "the body ends before its last delimiter")
                }
                parser.receive(piece)
            }
        } catch {
            failure = error
            throw error
        }
    }

    private nonisolated(nonsending) func nextPiece() async throws -> ByteBuffer? {
        var source = source
        let piece = try await source.next()
        self.source = source
        return piece
    }
}
