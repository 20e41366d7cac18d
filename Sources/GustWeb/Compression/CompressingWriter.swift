import GustHTTP
import GustZlib
import HTTPTypes
import NIOCore

/// Compresses a streamed response with gzip, if its head allows that when the body begins.
///
/// Must be used on the event loop of ``writer``.
final class CompressingWriter: ForwardingWriter {
    private enum State {
        /// Nothing has been written yet: status and fields may still change.
        case undecided
        case plain
        case gzip(Deflator)
        case ended
    }

    let writer: any ResponseWriter
    private let isWanted: Bool
    private let minimumLength: Int
    private let level: Int
    private let compressesEvents: Bool
    private var state = State.undecided

    init(_ writer: any ResponseWriter, isWanted: Bool, minimumLength: Int, level: Int, compressesEvents: Bool) {
        self.writer = writer
        self.isWanted = isWanted
        self.minimumLength = minimumLength
        self.level = level
        self.compressesEvents = compressesEvents
    }

    var onAbort: (() -> Void)? {
        get { writer.onAbort }
        set { writer.onAbort = newValue }
    }

    func write(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        decide(length: nil)
        guard case .gzip(let deflator) = state else { return writer.write(bytes) }
        guard let piece = deflate(bytes, by: deflator, flush: .sync) else { return }
        writer.write(piece)
    }

    func write(_ region: FileRegion) {
        // The kernel sends a file region from the disk, so its bytes can't be compressed here.
        if case .undecided = state { state = .plain }
        if case .gzip = state { return abort() }
        writer.write(region)
    }

    func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?) {
        decide(length: bytes.readableBytes)
        guard case .gzip(let deflator) = state else {
            state = .ended
            return writer.finish(bytes, completion: completion)
        }
        guard let piece = deflate(bytes, by: deflator, flush: .finish) else {
            completion?(false)
            return
        }
        state = .ended
        writer.finish(piece, completion: completion)
    }

    func abort() {
        state = .ended
        writer.abort()
    }

    /// Decides from the current head whether to compress; `length` is known if the first piece is also the last.
    private func decide(length: Int?) {
        guard case .undecided = state else { return }
        state = .plain
        let known = length ?? headers[.contentLength].flatMap { Int($0) }
        // A response that isn't chunked ends with the connection. Its clients cut the body into parts as they receive
        // it.
        guard writer.isChunked, known ?? .max >= minimumLength,
            Compressibility.isCompressible(status, headers, withEvents: compressesEvents)
        else { return }
        headers.addVary("Accept-Encoding")
        guard isWanted else { return }
        do {
            state = .gzip(try Deflator(.gzip, level: level))
            Compressibility.markCompressed(&writer.headers)
        } catch {
            // If zlib can't allocate memory, the response is sent uncompressed.
        }
    }

    private func deflate(_ bytes: ByteBuffer, by deflator: Deflator, flush: Deflator.Flush) -> ByteBuffer? {
        do {
            var piece = ByteBuffer()
            try deflator.write(bytes, flush: flush, into: &piece)
            return piece
        } catch {
            // Part of the body has been sent already, so only aborting tells the client that the rest is missing.
            let onAbort = onAbort
            abort()
            // The code that writes the body must not wait for room.
            onAbort?()
            return nil
        }
    }
}
