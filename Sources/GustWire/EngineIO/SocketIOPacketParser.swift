import GustJSON
import NIOCore

/// Reads Socket.IO packets (protocols 4 and 5), with every check of the reference's parser.
///
/// One pass over the bytes; the arguments stay a slice of the frame. Source: socket.io-parser 4.2.7, `lib/index.ts`.
package enum SocketIOPacketParser {
    /// The parts of a packet, as ranges of the frame.
    struct Layout {
        fileprivate(set) var type: UInt8 = 0
        /// How many attachments the packet waits for.
        fileprivate(set) var attachmentCount = 0
        fileprivate(set) var namespace: Range<Int>?
        fileprivate(set) var id: Int?
        fileprivate(set) var payload: Range<Int> = 0..<0
        /// The event's name between the quotes; for a number, its text.
        fileprivate(set) var name: Range<Int> = 0..<0
        fileprivate(set) var nameHasEscapes = false
    }

    /// Checks the packet that begins `offset` bytes into `bytes`, and finds its parts.
    ///
    /// The bytes are read through one pointer, because each access to a buffer costs more than parsing most packets.
    static func layout(
        of bytes: UnsafeRawBufferPointer,
        from offset: Int,
        maximumAttachments: Int
    ) throws(WireError) -> Layout {
        var layout = Layout()
        var reader = Reader(bytes: bytes, position: offset)
        try reader.read(&layout, maximumAttachments: maximumAttachments)
        return layout
    }

    /// The packet with these parts.
    ///
    /// - Parameters:
    ///   - layout: The parts, as ranges of `bytes`.
    ///   - bytes: The frame.
    ///   - index: The index of the frame's first byte in `buffer`.
    ///   - buffer: The buffer that has the frame among its readable bytes; the payload is a slice of it.
    /// - Returns: The packet; its attachments are missing.
    static func packet(
        _ layout: Layout,
        of bytes: UnsafeRawBufferPointer,
        at index: Int,
        of buffer: ByteBuffer
    ) -> Packet {
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        var namespace = "/"
        var query: String?
        if let range = layout.namespace {
            namespace = text(range)
            if let mark = namespace.utf8.firstIndex(of: UInt8(ascii: "?")) {
                query = String(namespace[namespace.utf8.index(after: mark)...])
                namespace = String(namespace[..<mark])
            }
        }
        let payload =
            buffer.getSlice(at: index + layout.payload.lowerBound, length: layout.payload.count) ?? ByteBuffer()
        switch layout.type {
        case UInt8(ascii: "0"):
            return .connect(
                namespace: namespace,
                query: query,
                payload: payload.readableBytes > 0 ? JSONSlice(trusted: payload) : nil
            )
        case UInt8(ascii: "1"):
            return .disconnect(namespace: namespace)
        case UInt8(ascii: "2"), UInt8(ascii: "5"):
            return .event(
                namespace: namespace,
                id: layout.id,
                name: layout.nameHasEscapes
                    ? JSONStringReader.unescape(UnsafeRawBufferPointer(rebasing: bytes[layout.name])) ?? ""
                    : text(layout.name),
                arguments: Arguments(trusted: payload)
            )
        case UInt8(ascii: "3"), UInt8(ascii: "6"):
            // An acknowledgement without an id is ignored, as by the reference.
            guard let id = layout.id else { return .noop }
            return .acknowledgement(namespace: namespace, id: id, arguments: Arguments(trusted: payload))
        default:
            return .connectError(namespace: namespace, payload: JSONSlice(trusted: payload))
        }
    }

    /// Whether an event of this name belongs to the protocol, so that a client must not send it.
    package static func isReserved(_ name: String) -> Bool {
        guard name.utf8.count >= shortestReserved else { return false }
        var name = name
        return name.withUTF8 { isReserved(UnsafeRawBufferPointer($0)) }
    }

    /// The length of `connect`: no reserved name is shorter.
    private static let shortestReserved = 7

    /// Whether the bytes are the name of an event of the protocol.
    ///
    /// Called for every event, so the length and the first byte rule out most names without a call.
    @inline(__always)
    static func isReserved(_ name: UnsafeRawBufferPointer) -> Bool {
        guard name.count >= shortestReserved else { return false }
        return switch name[0] {
        case UInt8(ascii: "c"), UInt8(ascii: "d"), UInt8(ascii: "n"), UInt8(ascii: "r"): isOneOfReserved(name)
        default: false
        }
    }

    private static func isOneOfReserved(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name[0] {
        case UInt8(ascii: "c"): name.elementsEqual("connect".utf8) || name.elementsEqual("connect_error".utf8)
        case UInt8(ascii: "d"): name.elementsEqual("disconnect".utf8) || name.elementsEqual("disconnecting".utf8)
        case UInt8(ascii: "n"): name.elementsEqual("newListener".utf8)
        case UInt8(ascii: "r"): name.elementsEqual("removeListener".utf8)
        default: false
        }
    }

    /// Parses the bytes of one packet.
    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        var position: Int

        mutating func read(_ layout: inout Layout, maximumAttachments: Int) throws(WireError) {
            guard position < bytes.count else { throw WireError(.empty, at: position) }
            layout.type = bytes[position]
            guard layout.type >= UInt8(ascii: "0"), layout.type <= UInt8(ascii: "6") else {
                throw WireError(.unknownType, at: position)
            }
            position += 1
            let isBinary = layout.type >= UInt8(ascii: "5")
            if isBinary {
                let start = position
                guard let count = readDigits(), count <= maximumAttachments, take(UInt8(ascii: "-")) else {
                    throw WireError(.invalidAttachmentCount, at: start)
                }
                layout.attachmentCount = count
            }
            if position < bytes.count, bytes[position] == UInt8(ascii: "/") {
                let start = position
                while position < bytes.count, bytes[position] != UInt8(ascii: ",") { position += 1 }
                layout.namespace = start..<position
                if position < bytes.count { position += 1 }
            }
            if position < bytes.count, bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") {
                let start = position
                guard let id = readDigits() else { throw WireError(.malformed, at: start) }
                layout.id = id
            }
            try readPayload(&layout)
            if isBinary { try checkPlaceholders(in: layout.payload, count: layout.attachmentCount) }
        }

        private mutating func readPayload(_ layout: inout Layout) throws(WireError) {
            let start = position
            switch layout.type {
            case UInt8(ascii: "0"):
                // The payload may be absent; otherwise it must be an object.
                guard position < bytes.count else { return layout.payload = start..<start }
                guard bytes[position] == UInt8(ascii: "{") else { throw WireError(.invalidPayload, at: start) }
                try readWhole(&layout)
            case UInt8(ascii: "1"):
                guard position == bytes.count else { throw WireError(.invalidPayload, at: start) }
                layout.payload = start..<start
            case UInt8(ascii: "4"):
                guard position < bytes.count else { throw WireError(.invalidPayload, at: start) }
                try readWhole(&layout)
            default:
                try readArray(&layout, isEvent: layout.type == UInt8(ascii: "2") || layout.type == UInt8(ascii: "5"))
            }
        }

        private mutating func readWhole(_ layout: inout Layout) throws(WireError) {
            let start = position
            var scanner = JSONScanner(bytes, at: position)
            try scanner.skipValue()
            scanner.skipWhitespace()
            guard scanner.isAtEnd else { throw WireError(.invalidJSON, at: scanner.position) }
            layout.payload = start..<scanner.position
        }

        /// Reads `[name, element, …]` or `[element, …]`; the payload is what stands between name and closing bracket.
        private mutating func readArray(_ layout: inout Layout, isEvent: Bool) throws(WireError) {
            var scanner = JSONScanner(bytes, at: position)
            guard scanner.take(UInt8(ascii: "[")) else { throw WireError(.invalidPayload, at: position) }
            scanner.skipWhitespace()
            if isEvent {
                try readName(&layout, &scanner)
                scanner.skipWhitespace()
                if !scanner.take(UInt8(ascii: ",")) {
                    layout.payload = scanner.position..<scanner.position
                    return try readEnd(&scanner)
                }
            } else if scanner.current == UInt8(ascii: "]") {
                layout.payload = scanner.position..<scanner.position
                return try readEnd(&scanner)
            }
            scanner.skipWhitespace()
            let start = scanner.position
            while true {
                try scanner.skipValue()
                let end = scanner.position
                scanner.skipWhitespace()
                if scanner.take(UInt8(ascii: ",")) { continue }
                layout.payload = start..<end
                return try readEnd(&scanner)
            }
        }

        private func readEnd(_ scanner: inout JSONScanner) throws(WireError) {
            guard scanner.take(UInt8(ascii: "]")) else { throw WireError(.invalidJSON, at: scanner.position) }
            scanner.skipWhitespace()
            guard scanner.isAtEnd else { throw WireError(.invalidJSON, at: scanner.position) }
        }

        /// Reads the name: a string, or a number, which the reference accepts too.
        private func readName(_ layout: inout Layout, _ scanner: inout JSONScanner) throws(WireError) {
            let start = scanner.position
            if scanner.current == UInt8(ascii: "\"") {
                layout.nameHasEscapes = try scanner.skipString()
                layout.name = start + 1..<scanner.position - 1
                let text = UnsafeRawBufferPointer(rebasing: bytes[layout.name])
                let isReserved =
                    layout.nameHasEscapes
                    ? SocketIOPacketParser.isReserved(JSONStringReader.unescape(text) ?? "")
                    : SocketIOPacketParser.isReserved(text)
                guard !isReserved else { throw WireError(.reservedName, at: start + 1) }
                return
            }
            switch scanner.current ?? 0 {
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                try scanner.skipValue()
                layout.name = start..<scanner.position
            default:
                throw WireError(.invalidPayload, at: start)
            }
        }

        private func checkPlaceholders(in range: Range<Int>, count: Int) throws(WireError) {
            var check = PlaceholderCheck(count: count)
            try check.check(UnsafeRawBufferPointer(rebasing: bytes[range]))
        }

        /// Digits as a number, or nil if there are none or too many for an `Int`.
        private mutating func readDigits() -> Int? {
            var value: Int?
            while position < bytes.count, bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") {
                let (product, isTooBig) = (value ?? 0).multipliedReportingOverflow(by: 10)
                let (sum, overflows) = product.addingReportingOverflow(Int(bytes[position] - UInt8(ascii: "0")))
                guard !isTooBig, !overflows else { return nil }
                value = sum
                position += 1
            }
            return value
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard position < bytes.count, bytes[position] == byte else { return false }
            position += 1
            return true
        }
    }
}
