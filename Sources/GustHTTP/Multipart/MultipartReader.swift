import HTTPTypes
import NIOCore

/// Reads a request's parts one after the other; what the parts and their sequence share.
///
/// Asks for the next piece of the body when somebody asks it, and not before. After an error every question is answered
/// by that error.
final class MultipartReader {
    private var source: RequestBody.AsyncIterator
    private var parser: MultipartParser
    private var failure: (any Error)?
    /// How many parts have begun.
    private var count = 0
    private var isInPart = false
    private var isDone = false

    init(_ body: RequestBody, _ boundary: MultipartBoundary, maximumParts: Int) {
        source = body.makeAsyncIterator()
        parser = MultipartParser(boundary, maximumParts: maximumParts)
    }

    /// The next part, once what is left of this one was dropped; nil behind the last.
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

    /// The next bytes of that part; nil at its end.
    nonisolated(nonsending) func nextBytes(ofPart number: Int) async throws -> ByteBuffer? {
        guard number == count else {
            throw HTTPError(.internalServerError, "a part was read after the next one was asked for")
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
                    // The connection is of use again only when the whole body was read.
                    while event == .end, try await nextPiece() != nil {}
                    return event
                }
                guard let piece = try await nextPiece() else {
                    throw HTTPError(.badRequest, "the body ends before its last boundary")
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
