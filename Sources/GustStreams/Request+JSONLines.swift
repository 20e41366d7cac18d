public import GustHTTP
import GustJSON
import HTTPTypes
import NIOCore

/// Bodies of several JSON values.
extension Request {
    /// The values of a body of JSON lines (`application/x-ndjson`), decoded one after the other as they are received.
    ///
    /// ```swift
    /// app.post("/orders") { request in
    ///     var count = 0
    ///     for try await order in request.jsonLines(of: Order.self) { count += order.pieces }
    ///     return "\(count) pieces"
    /// }
    /// ```
    /// One piece of the body is in memory at a time, and nothing more is read from the client until the next value is requested.
    /// Empty lines are skipped. The type of the body isn't checked. The decoder is that of the middleware `JSONCoding`.
    /// - Parameters:
    ///   - type: The type of the values.
    ///   - limit: The maximum length of the whole body in bytes; nil means the limit of the middleware `BodyLimit`, or no limit
    ///     without that middleware.
    ///   - lineLimit: The maximum length of a line in bytes.
    /// - Returns: The values. The iteration throws `HTTPError`: 413 if the body or a line is too long, 400 if a line isn't JSON
    ///   of the expected shape or nests deeper than 64 levels; the message names the line.
    public func jsonLines<Value: Decodable & Sendable>(
        of type: Value.Type = Value.self,
        upTo limit: Int? = nil,
        lineLimit: Int = 64 * 1_024
    ) -> some AsyncSequence<Value, any Error> & Sendable {
        var body = body
        if let limit { body.limit(to: limit) }
        return JSONLineValues<Value>(body: body, coders: JSONCoders.coders(for: self), lineLimit: lineLimit)
    }
}

/// The values of a body of JSON lines.
struct JSONLineValues<Value: Decodable & Sendable>: AsyncSequence, Sendable {
    let body: RequestBody
    let coders: JSONCoders
    let lineLimit: Int

    struct Iterator: AsyncIteratorProtocol {
        private var pieces: RequestBody.Iterator
        private let coders: JSONCoders
        private let lineLimit: Int
        private var buffer = ByteBuffer()
        /// How many bytes of the buffer are known to have no LF.
        private var searched = 0
        private var number = 0
        private var isAtEnd = false

        init(_ values: JSONLineValues) {
            pieces = RequestBody.Iterator(values.body)
            coders = values.coders
            lineLimit = values.lineLimit
        }

        mutating func next() async throws -> Value? {
            while let line = try await nextLine() {
                number += 1
                guard line.readableBytesView.contains(where: { !$0.isBlank && $0 != UInt8(ascii: "\r") }) else {
                    continue
                }
                do {
                    return try coders.decode(Value.self, from: line)
                } catch let error as JSONTextError where error.problem == .tooDeep {
                    throw HTTPError(.badRequest, "line \(number) nests deeper than \(JSONDepth.maximum) levels")
                } catch  where error is DecodingError || error is JSONTextError {
                    throw HTTPError(.badRequest, "line \(number) isn't JSON of the expected shape")
                }
            }
            return nil
        }

        private mutating func nextLine() async throws -> ByteBuffer? {
            while true {
                let unread = buffer.readableBytesView
                if let end = unread.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) {
                    return try take(end - unread.startIndex, skipping: 1)
                }
                searched = unread.count
                guard searched <= lineLimit else { throw tooLong }
                if isAtEnd { return searched == 0 ? nil : try take(searched, skipping: 0) }
                if var piece = try await pieces.next() {
                    buffer.discardReadBytes()
                    buffer.writeBuffer(&piece)
                } else {
                    isAtEnd = true
                }
            }
        }

        private mutating func take(_ length: Int, skipping terminator: Int) throws -> ByteBuffer {
            guard length <= lineLimit, let line = buffer.readSlice(length: length) else { throw tooLong }
            buffer.moveReaderIndex(forwardBy: terminator)
            searched = 0
            return line
        }

        private var tooLong: HTTPError {
            HTTPError(.contentTooLarge, "line \(number + 1) is longer than \(lineLimit) bytes")
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(self) }
}
