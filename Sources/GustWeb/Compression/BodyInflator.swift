import GustHTTP
import GustZlib
import HTTPTypes
import NIOCore

/// Decompresses the body of one request.
final class BodyInflator: BodyDecoder {
    private let format: CompressionFormat
    /// nil until there is something to decompress, because an inflator holds 48 KiB.
    private var inflator: Inflator?
    /// Whether the bytes so far are complete.
    private var isComplete = true

    init(_ format: CompressionFormat) {
        self.format = format
    }

    func decode(_ bytes: ByteBuffer, upTo limit: Int) throws(HTTPError) -> ByteBuffer {
        do {
            return try inflate(bytes, upTo: limit)
        } catch .tooLong {
            throw HTTPError(.contentTooLarge)
        } catch .outOfMemory {
            throw HTTPError(.serviceUnavailable)
        } catch {
            throw HTTPError(.badRequest, "the compressed body is corrupt")
        }
    }

    func finish() throws(HTTPError) {
        guard isComplete else { throw HTTPError(.badRequest, "the compressed body isn't complete") }
    }

    private func inflate(_ bytes: ByteBuffer, upTo limit: Int) throws(ZlibError) -> ByteBuffer {
        var output = ByteBuffer()
        var rest = bytes
        while rest.readableBytes > 0 {
            let inflator = try inflatorOfMember()
            isComplete = try inflator.write(rest, into: &output, limit: limit)
            guard isComplete else { break }
            rest.moveReaderIndex(to: rest.writerIndex - inflator.unusedCount)
        }
        return output
    }

    /// The inflator, at the beginning of a member if the last member is complete.
    private func inflatorOfMember() throws(ZlibError) -> Inflator {
        guard let inflator else {
            let first = try Inflator(format)
            inflator = first
            return first
        }
        if isComplete {
            // Only gzip may have another member behind its end.
            guard format == .gzip else { throw .corrupt }
            inflator.reset()
        }
        return inflator
    }
}
