import GustAdapter
import GustHTTP
import GustWire
package import NIOCore

/// Reading the broadcasts that nearly all are: an event without bytes, as text.
extension ClusterMessageFormat {
    /// A broadcast, as far as it was read.
    private struct Parts {
        var name: String?
        /// The place of the arguments.
        var arguments = 0..<0
        var hasEvent = false
        var selection = SocketSelection()
        var offset: String?
    }

    /// Reads a whole message; nil if it is no broadcast, unusual, or malformed.
    ///
    /// - Returns: nil in the second place if the message is this node's own or of another namespace.
    func plainBroadcast(_ text: ByteBuffer) -> (message: ClusterMessage?, Void)? {
        guard text.readableBytesView.first == UInt8(ascii: "{"), UTF8Text.isValid(text) else { return nil }
        return text.withUnsafeReadableBytes { bytes in
            var reader = PlainJSONReader(bytes)
            guard reader.beginObject() != nil else { return nil }
            var parts = Parts()
            var (isBroadcast, isOurs, hasData) = (false, false, false)
            var sender: String?
            var isFirst = true
            members: while true {
                switch reader.member(isFirst: isFirst) {
                case .end: break members
                case .unusual: return nil
                case .next(let key):
                    if key.elementsEqual("type".utf8) {
                        guard reader.integer() == Kind.broadcast.rawValue else { return nil }
                        isBroadcast = true
                    } else if key.elementsEqual("uid".utf8) {
                        sender = reader.text()
                    } else if key.elementsEqual("nsp".utf8) {
                        guard let namespace = reader.textBytes() else { return nil }
                        isOurs = namespace.elementsEqual(self.namespace.utf8)
                    } else if key.elementsEqual("data".utf8) {
                        guard !hasData, Self.read(&reader, &parts) != nil else { return nil }
                        hasData = true
                    } else {
                        return nil
                    }
                }
                isFirst = false
            }
            guard isBroadcast, hasData, let sender, reader.isAtEnd() else { return nil }
            guard let content = Self.content(parts, text) else { return nil }
            guard isOurs, !sender.hasSameBytes(as: node) else { return (nil, ()) }
            return (ClusterMessage(from: sender, content), ())
        }
    }

    /// Reads the data of a broadcast; nil if it is unusual or malformed.
    package static func plainBroadcast(data text: ByteBuffer) -> (packet: NamespacePacket, selection: SocketSelection)?
    {
        guard text.readableBytesView.first == UInt8(ascii: "{"), UTF8Text.isValid(text) else { return nil }
        return text.withUnsafeReadableBytes { bytes in
            var reader = PlainJSONReader(bytes)
            var parts = Parts()
            guard read(&reader, &parts) != nil, reader.isAtEnd(),
                case .broadcast(let packet, let selection, _)? = content(parts, text)
            else { return nil }
            return (packet, selection)
        }
    }

    private static func content(_ parts: Parts, _ text: ByteBuffer) -> ClusterMessage.Content? {
        guard let name = parts.name, parts.hasEvent, !SocketIOPacketParser.isReserved(name),
            let arguments = text.getSlice(
                at: text.readerIndex + parts.arguments.lowerBound,
                length: parts.arguments.count
            )
        else { return nil }
        return .broadcast(.event(name: name, Arguments(trusted: arguments)), parts.selection, offset: parts.offset)
    }

    private static func read(_ reader: inout PlainJSONReader, _ parts: inout Parts) -> Void? {
        readMembers(&reader) { reader, key in
            if key.elementsEqual("packet".utf8) { return readPacket(&reader, &parts) }
            if key.elementsEqual("opts".utf8) { return readOptions(&reader, &parts.selection) }
            guard key.elementsEqual("offset".utf8), let offset = reader.text() else { return nil }
            parts.offset = offset
            return ()
        }
    }

    private static func readPacket(_ reader: inout PlainJSONReader, _ parts: inout Parts) -> Void? {
        readMembers(&reader) { reader, key in
            if key.elementsEqual("type".utf8) {
                parts.hasEvent = true
                return reader.integer() == 2 ? () : nil
            }
            // The namespace is that of the message.
            if key.elementsEqual("nsp".utf8) { return reader.textBytes() == nil ? nil : () }
            guard key.elementsEqual("data".utf8), parts.name == nil, reader.beginArray() != nil,
                case .next = reader.element(isFirst: true), let name = reader.text(),
                let arguments = reader.remainingElements()
            else { return nil }
            parts.name = name
            parts.arguments = arguments
            return ()
        }
    }

    private static func readOptions(_ reader: inout PlainJSONReader, _ selection: inout SocketSelection) -> Void? {
        readMembers(&reader) { reader, key in
            if key.elementsEqual("rooms".utf8) {
                guard let rooms = readTexts(&reader) else { return nil }
                selection.roomKeys = rooms
            } else if key.elementsEqual("except".utf8) {
                guard let excluded = readTexts(&reader) else { return nil }
                selection.excludedKeys = excluded
            } else if key.elementsEqual("flags".utf8) {
                return readFlags(&reader, &selection)
            } else {
                return nil
            }
            return ()
        }
    }

    private static func readFlags(_ reader: inout PlainJSONReader, _ selection: inout SocketSelection) -> Void? {
        readMembers(&reader) { reader, key in
            let isVolatile = key.elementsEqual("volatile".utf8)
            guard isVolatile || key.elementsEqual("compress".utf8), let flag = reader.boolean() else { return nil }
            if isVolatile { selection.isVolatile = flag } else { selection.isCompressed = flag }
            return ()
        }
    }

    private static func readTexts(_ reader: inout PlainJSONReader) -> [ByteText]? {
        guard reader.beginArray() != nil else { return nil }
        var texts: [ByteText] = []
        while true {
            switch reader.element(isFirst: texts.isEmpty) {
            case .end: return texts
            case .unusual: return nil
            case .next:
                guard let text = reader.text() else { return nil }
                texts.append(ByteText(text))
            }
        }
    }

    /// Reads an object, whose values `read` reads.
    private static func readMembers(
        _ reader: inout PlainJSONReader,
        _ read: (inout PlainJSONReader, _ key: UnsafeRawBufferPointer) -> Void?
    ) -> Void? {
        guard reader.beginObject() != nil else { return nil }
        var isFirst = true
        while true {
            switch reader.member(isFirst: isFirst) {
            case .end: return ()
            case .unusual: return nil
            case .next(let key): guard read(&reader, key) != nil else { return nil }
            }
            isFirst = false
        }
    }
}
