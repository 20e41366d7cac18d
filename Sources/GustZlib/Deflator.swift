import CZlib
package import NIOCore

/// Compresses a stream piece by piece.
///
/// A deflator holds about 256 KiB until it is deinitialised (less with a smaller window or memory level), so it should be
/// made when there is something to compress. A deflator isn't `Sendable`.
package final class Deflator {
    /// What happens after a piece to the data that the deflator still holds.
    package enum Flush: Sendable {
        /// The deflator keeps the data until later calls, which compresses best.
        case none
        /// All data is output, then an empty stored block, `00 00 FF FF`, so that the peer can decompress all that was
        /// written.
        case sync
        /// As ``sync``, and later data doesn't refer back to the data before it.
        case full
        /// All data is output and the stream ends.
        case finish

        fileprivate var code: Int32 {
            switch self {
            case .none: Z_NO_FLUSH
            case .sync: Z_SYNC_FLUSH
            case .full: Z_FULL_FLUSH
            case .finish: Z_FINISH
            }
        }
    }

    // A pointer, because zlib's internal state points back to the `z_stream`, which therefore must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isUsable = true

    /// Begins a stream.
    ///
    /// - Parameters:
    ///   - format: The header and checksum around the data.
    ///   - level: 1 (fastest) to 9 (smallest output).
    ///   - memoryLevel: 1 (least memory) to 9 (fastest); zlib's default is 8.
    /// - Throws: ``ZlibError/unsupportedSettings`` if an argument is out of range, or ``ZlibError/outOfMemory``.
    package init(_ format: CompressionFormat, level: Int = 6, memoryLevel: Int = 8) throws(ZlibError) {
        guard let windowBits = format.windowBits, (1...9).contains(level), (1...9).contains(memoryLevel) else {
            throw .unsupportedSettings
        }
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = deflateInit2_(
            stream,
            Int32(level),
            Z_DEFLATED,
            windowBits,
            Int32(memoryLevel),
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard code == Z_OK else {
            isUsable = false
            throw code == Z_MEM_ERROR ? .outOfMemory : .unsupportedSettings
        }
    }

    deinit {
        // If deflateInit2 failed, deflateEnd does nothing: it returns Z_STREAM_ERROR for a stream without state.
        deflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Compresses all readable bytes of `input` and appends the compressed bytes to `output`.
    ///
    /// - Throws: ``ZlibError/corrupt`` if zlib reports an error; ``ZlibError/ended`` after ``Flush/finish`` or an error,
    ///   until ``reset()``.
    package func write(_ input: ByteBuffer, flush: Flush, into output: inout ByteBuffer) throws(ZlibError) {
        guard isUsable else { throw .ended }
        if flush == .finish { isUsable = false }
        let code = input.withUnsafeReadableBytes { bytes in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: Bytef.self).baseAddress)
            stream.pointee.avail_in = uInt(bytes.count)
            var code = Z_OK
            repeat {
                let room = Swift.max(512, Swift.min(Int(stream.pointee.avail_in) / 2, 64 * 1_024))
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { space in
                    stream.pointee.next_out = space.bindMemory(to: Bytef.self).baseAddress
                    stream.pointee.avail_out = uInt(Swift.min(space.count, 1 << 30))
                    let available = stream.pointee.avail_out
                    code = deflate(stream, flush.code)
                    return Int(available - stream.pointee.avail_out)
                }
                // If zlib has filled the space, it may have more to output.
            } while code == Z_OK && stream.pointee.avail_out == 0
            stream.pointee.next_in = nil
            stream.pointee.next_out = nil
            return code
        }
        // Z_BUF_ERROR isn't an error here: zlib had nothing left to do.
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
            isUsable = false
            throw .corrupt
        }
    }

    /// Begins a new stream with the same settings, without allocating memory.
    package func reset() {
        isUsable = deflateReset(stream) == Z_OK
    }

    /// Compresses `input` as one whole stream.
    ///
    /// - Throws: As ``init(_:level:memoryLevel:)``.
    package static func compress(
        _ input: ByteBuffer,
        _ format: CompressionFormat,
        level: Int = 6
    ) throws(ZlibError) -> ByteBuffer {
        let deflator = try Deflator(format, level: level)
        var output = ByteBuffer()
        output.reserveCapacity(input.readableBytes / 3 + 64)
        try deflator.write(input, flush: .finish, into: &output)
        return output
    }
}
