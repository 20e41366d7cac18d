import CZlib
package import NIOCore

/// Decompresses a stream piece by piece, with a limit for the decompressed bytes.
///
/// An inflator holds about 48 KiB until it is deinitialised. An inflator isn't `Sendable`.
package final class Inflator {
    // A pointer, because zlib's internal state points back to the `z_stream`, which therefore must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isUsable = true
    /// How many bytes of the last input are behind the end of the stream.
    package private(set) var unusedCount = 0

    /// Begins a stream.
    ///
    /// - Throws: ``ZlibError/unsupportedSettings`` if the window is out of range, or ``ZlibError/outOfMemory``.
    package init(_ format: CompressionFormat) throws(ZlibError) {
        guard let windowBits = format.windowBits else { throw .unsupportedSettings }
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            isUsable = false
            throw code == Z_MEM_ERROR ? .outOfMemory : .unsupportedSettings
        }
    }

    deinit {
        // If inflateInit2 failed, inflateEnd does nothing: it returns Z_STREAM_ERROR for a stream without state.
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Decompresses all readable bytes of `input` and appends the decompressed bytes to `output`.
    ///
    /// - Parameters:
    ///   - input: The next compressed bytes.
    ///   - output: The buffer to append to; its readable bytes count towards `limit`.
    ///   - limit: The most bytes that `output` may hold after the call, counted from its reader index.
    /// - Returns: Whether the stream ended in `input`. Bytes after the end of the stream are ignored; ``unusedCount`` counts them.
    /// - Throws: ``ZlibError/tooLong(limit:)``, after which `output` holds the first `limit` bytes; ``ZlibError/corrupt``;
    ///   ``ZlibError/outOfMemory``; ``ZlibError/ended`` after the end of the stream or an error, until ``reset()``.
    @discardableResult
    package func write(_ input: ByteBuffer, into output: inout ByteBuffer, limit: Int) throws(ZlibError) -> Bool {
        guard isUsable else { throw .ended }
        var isTooLong = false
        let code = input.withUnsafeReadableBytes { bytes in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: Bytef.self).baseAddress)
            stream.pointee.avail_in = uInt(bytes.count)
            var code = Z_OK
            repeat {
                // There is room for one byte past the limit, which shows whether the output is longer than the limit.
                // A limit of `.max` means no limit.
                let allowed = Swift.min(limit, .max - 1) - output.readableBytes + 1
                guard allowed > 0 else {
                    isTooLong = true
                    break
                }
                let room = Swift.min(allowed, Swift.max(512, Swift.min(Int(stream.pointee.avail_in) * 3, 64 * 1_024)))
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { space in
                    stream.pointee.next_out = space.bindMemory(to: Bytef.self).baseAddress
                    stream.pointee.avail_out = uInt(Swift.min(space.count, allowed, 1 << 30))
                    let available = stream.pointee.avail_out
                    code = inflate(stream, Z_SYNC_FLUSH)
                    return Int(available - stream.pointee.avail_out)
                }
                if output.readableBytes > limit { isTooLong = true }
            } while code == Z_OK && !isTooLong && (stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0)
            unusedCount = Int(stream.pointee.avail_in)
            stream.pointee.next_in = nil
            stream.pointee.next_out = nil
            return code
        }
        if isTooLong {
            isUsable = false
            output.moveWriterIndex(to: output.readerIndex + Swift.max(0, Swift.min(limit, output.readableBytes)))
            throw .tooLong(limit: limit)
        }
        switch code {
        case Z_OK, Z_BUF_ERROR: return false
        case Z_STREAM_END:
            isUsable = false
            return true
        case Z_MEM_ERROR:
            isUsable = false
            throw .outOfMemory
        default:
            isUsable = false
            throw .corrupt
        }
    }

    /// Begins a new stream with the same format, without allocating memory.
    package func reset() {
        isUsable = inflateReset(stream) == Z_OK
    }
}
