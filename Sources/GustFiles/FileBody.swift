import GustHTTP
import HTTPTypes
import NIOCore

/// The bytes of a file as the body of a response: the whole file, one part, or several parts.
struct FileBody: Sendable {
    /// The place where the bytes are: in memory or in a file.
    enum Source: Sendable {
        case bytes(ByteBuffer)
        /// A file, and its bytes if they are in memory too.
        case file(OpenFile, ByteBuffer?)
    }

    let source: Source
    let length: Int

    private enum Piece {
        case text(String)
        case range(Range<Int>)
    }

    /// Makes a 200 response with the whole file.
    func response(_ fields: PreparedFields) -> Response {
        switch source {
        case .bytes(let bytes): return Response(prepared: fields, .body(.bytes(bytes)))
        case .file(let file, let bytes):
            let reading = FileReading(file)
            return Response(prepared: fields, .file(FileContent(reading.region(0..<length), of: reading, bytes: bytes)))
        }
    }

    /// Makes a 206 response with some parts; several parts make a `multipart/byteranges` body (RFC 9110 §14.6).
    func response(_ headers: HTTPFields, parts: [Range<Int>]) -> Response {
        var headers = headers
        if parts.count == 1 {
            headers[.contentRange] = contentRange(parts[0])
            return answer(headers, length: parts[0].count, [.range(parts[0])])
        }
        let boundary = "gust-" + String(UInt64.random(in: 0...(.max)), radix: 36)
        let type = headers[.contentType] ?? "application/octet-stream"
        headers[.contentType] = "multipart/byteranges; boundary=\(boundary)"
        var pieces: [Piece] = []
        var total = 0
        for part in parts {
            let head = "\r\n--\(boundary)\r\nContent-Type: \(type)\r\nContent-Range: \(contentRange(part))\r\n\r\n"
            pieces += [.text(head), .range(part)]
            total += head.utf8.count + part.count
        }
        let end = "\r\n--\(boundary)--\r\n"
        return answer(headers, length: total + end.utf8.count, pieces + [.text(end)])
    }

    private func contentRange(_ range: Range<Int>) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)"
    }

    private func answer(_ headers: HTTPFields, length: Int, _ pieces: [Piece]) -> Response {
        switch source {
        case .bytes(let bytes):
            var body = ByteBuffer()
            body.reserveCapacity(length)
            for piece in pieces {
                switch piece {
                case .text(let text): body.writeString(text)
                case .range(let range):
                    if var part = bytes.getSlice(at: bytes.readerIndex + range.lowerBound, length: range.count) {
                        body.writeBuffer(&part)
                    }
                }
            }
            return Response(status: .partialContent, headers: headers, body: .bytes(body))
        case .file(let file, _):
            var headers = headers
            headers[.contentLength] = String(length)
            let reading = FileReading(file)
            return Response(
                status: .partialContent,
                headers: headers,
                body: .stream { Self.send(pieces, of: reading, to: $0) }
            )
        }
    }

    private static func send(_ pieces: [Piece], of reading: FileReading, to writer: any ResponseWriter) {
        for piece in pieces {
            switch piece {
            case .text(let text): writer.write(ByteBuffer(string: text))
            case .range(let range): writer.write(reading.region(range))
            }
        }
        // `reading` must stay alive until all parts have been sent.
        writer.finish(ByteBuffer()) { _ in withExtendedLifetime(reading) {} }
    }
}
