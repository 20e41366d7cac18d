import CZlib
package import NIOCore

/// Compresses a stream piece by piece.
///
/// Holds about 256 KiB until it goes (less with a smaller window or memory level), so make it when there is something
/// to compress. Not `Sendable`: it belongs to whoever made it.
package final class Deflator {
    /// What happens to the data that the deflator still holds after a piece.
    package enum Flush: Sendable {
        /// It waits for more, which compresses best.
        case none
        /// It comes out in full and ends in an empty stored block, `00 00 FF FF`: the peer can read all that was
        /// written.
        case sync
        /// As ``sync``, and what follows doesn't refer back to it (permessage-deflate's "no context takeover").
        case full
        /// It comes out in full and the stream ends.
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

    // zlib's state points back to this structure, so it must not move: hence the pointer.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isUsable = true

    /// Begins a stream.
    ///
    /// - Parameters:
    ///   - format: how the data is wrapped.
    ///   - level: 1 (fast) to 9 (small).
    ///   - memoryLevel: 1 (little memory) to 9 (fast); 8 is zlib's own choice.
    /// - Throws: ``ZlibError/unsupportedSettings`` or ``ZlibError/outOfMemory``.
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
        // Harmless when deflateInit2 failed: zlib answers Z_STREAM_ERROR for a stream without state.
        deflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Compresses all readable bytes of `input` and appends what comes out to `output`.
    ///
    /// - Throws: ``ZlibError/ended`` after ``Flush/finish``, until ``reset()``.
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
                // A full output may mean that more is to come; zlib says so by filling it.
            } while code == Z_OK && stream.pointee.avail_out == 0
            stream.pointee.next_in = nil
            stream.pointee.next_out = nil
            return code
        }
        // Z_BUF_ERROR only says that there was nothing left to do.
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
            isUsable = false
            throw .corrupt
        }
    }

    /// Begins a new stream with the same settings, without new memory.
    package func reset() {
        isUsable = deflateReset(stream) == Z_OK
    }

    /// Compresses `input` as one stream.
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
