import GustFraming
import NIOCore

/// Accepts the upgrade of any request, and sends back each frame of RFC 6455: the least that a WebSocket costs on SwiftNIO.
///
/// The whole frames of a read are one write, from memory that is used again. Opcodes, fragments and UTF-8 aren't checked, so each
/// message of Gust has to cost more.
final class FrameEcho: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The length of the longest payload, in bytes.
    private static let longestPayload = 1 << 20

    private var isUpgraded = false
    /// The beginning of a frame that hasn't been read to its end.
    private var rest = ByteBuffer()
    private var output = ByteBuffer()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = unwrapInboundIn(data)
        guard isUpgraded else { return upgrade(input, context) }
        if rest.readableBytes > 0 {
            rest.writeBuffer(&input)
            input = rest
            rest = ByteBuffer()
        }
        // The memory is allocated anew only if a write is pending.
        output.clear()
        guard let consumed = input.withUnsafeReadableBytes({ answer($0) }) else { return context.close(promise: nil) }
        if output.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(output), promise: nil) }
        input.moveReaderIndex(forwardBy: consumed)
        if input.readableBytes > 0 { rest = ByteBuffer(bytes: input.readableBytesView) }
    }

    /// Writes the answers to all whole frames; returns how many bytes they have, or nil if a frame is too long.
    private func answer(_ input: UnsafeRawBufferPointer) -> Int? {
        guard let source = input.baseAddress else { return 0 }
        var read = 0
        var isTooLong = false
        // An answer has no key, so all of them fit where their frames fit.
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: input.count) { output in
            guard let target = output.baseAddress else { return 0 }
            var written = 0
            while let header = Self.header(source + read, input.count - read) {
                isTooLong = header.payload > Self.longestPayload
                guard !isTooLong, input.count - read >= header.length + header.payload else { break }
                // Within both buffers: the whole frame has been read, and its answer is four bytes shorter.
                Self.answer(source + read, header, target + written)
                read += header.length + header.payload
                written += header.length - 4 + header.payload
            }
            return written
        }
        return isTooLong ? nil : read
    }

    /// The lengths of the header with its key, and of the payload, of the frame at `frame`; nil if fewer bytes than the header are there.
    private static func header(_ frame: UnsafeRawPointer, _ count: Int) -> (length: Int, payload: Int)? {
        guard count >= 6 else { return nil }
        let short = frame.load(fromByteOffset: 1, as: UInt8.self) & 0x7F
        if short < 126 { return (6, Int(short)) }
        let length = short == 126 ? 8 : 14
        guard count >= length else { return nil }
        let payload =
            short == 126
            ? UInt64(UInt16(bigEndian: frame.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            : UInt64(bigEndian: frame.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
        return (length, Int(clamping: payload))
    }

    /// Copies a frame without its key, and its payload unmasked.
    private static func answer(
        _ frame: UnsafeRawPointer,
        _ header: (length: Int, payload: Int),
        _ answer: UnsafeMutableRawPointer
    ) {
        let opcode = frame.load(as: UInt8.self)
        // The answer to a ping is a pong.
        answer.storeBytes(of: opcode == 0x89 ? 0x8A : opcode, as: UInt8.self)
        answer.storeBytes(of: frame.load(fromByteOffset: 1, as: UInt8.self) & 0x7F, toByteOffset: 1, as: UInt8.self)
        if header.length > 6 { (answer + 2).copyMemory(from: frame + 2, byteCount: header.length - 6) }
        let key = frame.loadUnaligned(fromByteOffset: header.length - 4, as: UInt32.self)
        let wide = UInt64(key) << 32 | UInt64(key)
        let source = frame + header.length
        let target = answer + header.length - 4
        var index = 0
        while index + 8 <= header.payload {
            let word = source.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide
            target.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < header.payload {
            let mask = UInt8(truncatingIfNeeded: UInt32(littleEndian: key) >> UInt32((index & 3) * 8))
            target.storeBytes(
                of: source.load(fromByteOffset: index, as: UInt8.self) ^ mask,
                toByteOffset: index,
                as: UInt8.self
            )
            index += 1
        }
    }

    private func upgrade(_ request: ByteBuffer, _ context: ChannelHandlerContext) {
        guard let key = Self.key(in: request) else { return context.close(promise: nil) }
        let response = ByteBuffer(
            string: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: \(WebSocketKey.answer(to: key))\r\n\r\n"
        )
        context.writeAndFlush(wrapOutboundOut(response), promise: nil)
        isUpgraded = true
    }

    /// The key of a request for a WebSocket, which has 24 characters; nil if there is none.
    private static func key(in request: ByteBuffer) -> String? {
        let name = Array("Sec-WebSocket-Key: ".utf8)
        return request.withUnsafeReadableBytes { bytes in
            for start in stride(from: 0, through: bytes.count - name.count - 24, by: 1)
            where bytes[start] == name[0] && bytes[start...].starts(with: name) {
                return String(decoding: bytes[(start + name.count)...].prefix(24), as: UTF8.self)
            }
            return nil
        }
    }
}
