import GustHTTP
import NIOCore

/// Frames of RFC 6455, strictly: masks, reserved bits, opcodes, lengths, fragments and UTF-8 are checked.
///
/// A frame that is whole in the buffer is unmasked in place and handed on as a slice: no copy, no allocation. What isn't
/// whole, or comes in fragments, is collected; its text is checked while it comes, so that a bad byte ends it at once.
struct RFC6455Framing: WebSocketFraming {
    private enum Opcode {
        static let continuation: UInt8 = 0
        static let text: UInt8 = 1
        static let binary: UInt8 = 2
        static let close: UInt8 = 8
        static let ping: UInt8 = 9
        static let pong: UInt8 = 10
    }

    /// A frame's header.
    private struct Header {
        var isFinal: Bool
        var opcode: UInt8
        var length: Int
        var mask: UInt32
        var size: Int
    }

    /// A message of which more has to come.
    private struct Collected {
        var isText: Bool
        var bytes: ByteBuffer
        var fragmentCount: Int
        var validator = UTF8Validator()
        /// What is left of the frame that is being received.
        var remaining = 0
        var isFinal = false
        var mask: UInt32 = 0
    }

    /// What was found in the buffer: slices are cut after the bytes are at rest again.
    private enum Found {
        case slice(isText: Bool, Range<Int>)
        case input(WebSocketInput)
    }

    private let maximumMessageSize: Int
    private let maximumFragments: Int
    private var collected: Collected?

    init(maximumMessageSize: Int, maximumFragments: Int) {
        self.maximumMessageSize = maximumMessageSize
        self.maximumFragments = maximumFragments
    }

    var isPlain: Bool { true }

    var hasClosingHandshake: Bool { true }

    var carriesBinary: Bool { true }

    func writeHeader(of kind: WebSocketOutput, payloadLength: Int, into buffer: inout ByteBuffer) {
        let opcode =
            switch kind {
            case .text: Opcode.text
            case .binary: Opcode.binary
            case .ping: Opcode.ping
            case .pong: Opcode.pong
            case .close: Opcode.close
            }
        PreparedMessage.writeHeader(firstByte: 0x80 | opcode, payloadLength: payloadLength, into: &buffer)
    }

    func write(
        _ kind: WebSocketOutput,
        _ payload: ByteBuffer,
        into buffer: inout ByteBuffer
    ) throws(WebSocketError) {
        writeHeader(of: kind, payloadLength: payload.readableBytes, into: &buffer)
        buffer.writeImmutableBuffer(payload)
    }

    func frame(of message: PreparedMessage) throws(WebSocketError) -> ByteBuffer { message.frame }

    mutating func read(_ buffer: inout ByteBuffer, into inputs: inout [WebSocketInput]) {
        var found: [Found] = []
        let collected = self.collected
        self.collected = nil
        var reader = Reader(limits: (maximumMessageSize, maximumFragments), collected: collected)
        let consumed = buffer.withUnsafeMutableReadableBytes { bytes in reader.read(bytes, &found) }
        self.collected = reader.collected
        for item in found {
            switch item {
            case .input(let input): inputs.append(input)
            case .slice(let isText, let range):
                guard let slice = buffer.getSlice(at: buffer.readerIndex + range.lowerBound, length: range.count) else {
                    continue
                }
                inputs.append(isText ? .text(slice) : .binary(slice))
            }
        }
        buffer.moveReaderIndex(forwardBy: consumed)
    }

    /// Walks over the bytes of one read.
    private struct Reader {
        /// A fragment of so many bytes costs less than its bytes do.
        private static let fairFragmentSize = 64

        let limits: (size: Int, fragments: Int)
        var collected: Collected?

        /// Reads as much as is whole; returns how much that was.
        mutating func read(_ bytes: UnsafeMutableRawBufferPointer, _ found: inout [Found]) -> Int {
            var position = 0
            while position < bytes.count {
                if collected?.remaining ?? 0 > 0 {
                    position += collect(bytes, from: position, &found)
                } else {
                    do throws(Failure) {
                        guard let next = try readFrame(bytes, from: position, &found) else { return position }
                        position = next
                    } catch {
                        found.append(.input(.failure(error.code)))
                    }
                }
                if case .input(.failure) = found.last { return bytes.count }
            }
            return position
        }

        private func header(_ bytes: UnsafeMutableRawBufferPointer, at position: Int) throws(Failure) -> Header? {
            let available = bytes.count - position
            guard available >= 2 else { return nil }
            let first = bytes[position]
            let second = bytes[position + 1]
            // No extension is in use that could give the reserved bits a meaning.
            guard first & 0x70 == 0 else { throw Failure(.protocolError) }
            guard second & 0x80 != 0 else { throw Failure(.protocolError) }
            let opcode = first & 0x0F
            let isFinal = first & 0x80 != 0
            var length = Int(second & 0x7F)
            switch opcode {
            case Opcode.continuation, Opcode.text, Opcode.binary: break
            case Opcode.close, Opcode.ping, Opcode.pong:
                guard isFinal, length <= 125 else { throw Failure(.protocolError) }
            default: throw Failure(.protocolError)
            }
            var size = 2
            if length == 126 {
                guard available >= 4 else { return nil }
                length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
                guard length >= 126 else { throw Failure(.protocolError) }
                size = 4
            } else if length == 127 {
                guard available >= 10 else { return nil }
                guard bytes[position + 2] & 0x80 == 0 else { throw Failure(.protocolError) }
                length = 0
                for index in 2..<10 { length = length << 8 | Int(bytes[position + index]) }
                guard length >= 65_536 else { throw Failure(.protocolError) }
                size = 10
            }
            guard available >= size + 4 else { return nil }
            let mask = bytes.loadUnaligned(fromByteOffset: position + size, as: UInt32.self)
            return Header(isFinal: isFinal, opcode: opcode, length: length, mask: mask, size: size + 4)
        }

        /// Reads one frame; returns where the next begins, or nil if it isn't whole enough.
        private mutating func readFrame(
            _ bytes: UnsafeMutableRawBufferPointer,
            from position: Int,
            _ found: inout [Found]
        ) throws(Failure) -> Int? {
            guard let header = try header(bytes, at: position) else { return nil }
            let start = position + header.size
            let end = start + header.length
            if header.opcode >= Opcode.close {
                guard end <= bytes.count else { return nil }
                let payload = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<end])
                Masking.apply(header.mask, to: payload)
                found.append(.input(try control(header.opcode, UnsafeRawBufferPointer(payload))))
                return end
            }
            guard (header.opcode == Opcode.continuation) == (collected != nil) else { throw Failure(.protocolError) }
            guard (collected?.bytes.readableBytes ?? 0) + header.length <= limits.size else {
                throw Failure(.messageTooBig)
            }
            if header.isFinal, collected == nil, end <= bytes.count {
                let payload = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<end])
                Masking.apply(header.mask, to: payload)
                let isText = header.opcode == Opcode.text
                if isText, !UTF8Validator.isValid(UnsafeRawBufferPointer(payload)) { throw Failure(.invalidPayload) }
                found.append(.slice(isText: isText, start..<end))
                return end
            }
            try beginCollecting(header)
            if header.length == 0 { finishFrame(&found) }
            return start
        }

        private mutating func beginCollecting(_ header: Header) throws(Failure) {
            var message =
                collected ?? Collected(isText: header.opcode == Opcode.text, bytes: ByteBuffer(), fragmentCount: 0)
            message.fragmentCount += 1
            // Empty fragments count too: they cost work and never end a message. Those that bring something are welcome.
            let allowed = limits.fragments + message.bytes.readableBytes / Self.fairFragmentSize
            guard message.fragmentCount <= allowed else { throw Failure(.policyViolation) }
            message.remaining = header.length
            message.isFinal = header.isFinal
            message.mask = header.mask
            collected = message
        }

        /// Takes what is here of the frame being received; returns how much that was.
        private mutating func collect(
            _ bytes: UnsafeMutableRawBufferPointer,
            from position: Int,
            _ found: inout [Found]
        ) -> Int {
            guard var message = collected else { return 0 }
            collected = nil
            let count = min(message.remaining, bytes.count - position)
            let part = UnsafeMutableRawBufferPointer(rebasing: bytes[position..<(position + count)])
            Masking.apply(message.mask, to: part)
            message.mask = Masking.rotate(message.mask, by: count)
            message.remaining -= count
            if message.isText, !message.validator.accept(UnsafeRawBufferPointer(part)) {
                found.append(.input(.failure(.invalidPayload)))
                return count
            }
            message.bytes.writeBytes(UnsafeRawBufferPointer(part))
            collected = message
            if message.remaining == 0 { finishFrame(&found) }
            return count
        }

        private mutating func finishFrame(_ found: inout [Found]) {
            guard let message = collected, message.isFinal else { return }
            collected = nil
            guard message.isText else { return found.append(.input(.binary(message.bytes))) }
            found.append(.input(message.validator.isComplete ? .text(message.bytes) : .failure(.invalidPayload)))
        }

        private func control(_ opcode: UInt8, _ payload: UnsafeRawBufferPointer) throws(Failure) -> WebSocketInput {
            switch opcode {
            case Opcode.ping: return .ping(ByteBuffer(bytes: payload))
            case Opcode.pong: return .pong
            default: break
            }
            guard payload.count > 0 else { return .close(nil, reason: "") }
            guard payload.count >= 2 else { throw Failure(.protocolError) }
            let code = WebSocketCloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
            guard code.isSendable else { throw Failure(.protocolError) }
            guard let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else {
                throw Failure(.invalidPayload)
            }
            return .close(code, reason: reason)
        }
    }

    /// A rule that the peer broke.
    private struct Failure: Error {
        let code: WebSocketCloseCode
        init(_ code: WebSocketCloseCode) { self.code = code }
    }
}
