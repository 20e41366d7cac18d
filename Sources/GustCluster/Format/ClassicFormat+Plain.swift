import GustAdapter
import GustHTTP
import GustWire
import NIOCore

/// Reading the broadcasts that nearly all are: an event without bytes.
extension ClassicFormat {
    /// A broadcast that was read without a detour by JSON.
    enum PlainBroadcast {
        case message(ClusterMessage)
        /// It is this node's own or of another namespace.
        case foreign
    }

    /// The parts of a broadcast, as far as they were read.
    private struct Parts {
        var name: String?
        var arguments: [UInt8] = []
        var isOfNamespace = false
        var selection = SocketSelection()
    }

    /// Reads a broadcast; nil if it is unusual or malformed, so that it is read as JSON.
    func plainBroadcast(_ bytes: ByteBuffer) -> PlainBroadcast? {
        bytes.withUnsafeReadableBytes { bytes in
            var reader = PlainMessagePackReader(bytes)
            guard let count = reader.array(), (3...4).contains(count), let sender = reader.text() else { return nil }
            if sender.hasSameBytes(as: node) { return .foreign }
            var parts = Parts()
            guard readPacket(&reader, &parts) != nil else { return nil }
            guard parts.isOfNamespace else { return .foreign }
            guard Self.readOptions(&reader, &parts) != nil else { return nil }
            var offset: String?
            if count == 4 {
                offset = reader.text()
                guard offset != nil else { return nil }
            }
            guard reader.isAtEnd, let name = parts.name, !SocketIOPacketParser.isReserved(name) else { return nil }
            let arguments = Arguments(trusted: ByteBuffer(bytes: parts.arguments))
            let packet = NamespacePacket.event(name: name, arguments)
            return .message(ClusterMessage(from: sender, .broadcast(packet, parts.selection, offset: offset)))
        }
    }

    private func readPacket(_ reader: inout PlainMessagePackReader, _ parts: inout Parts) -> Void? {
        guard let count = reader.map() else { return nil }
        var isEvent = false
        var hasNamespace = false
        for _ in 0..<count {
            guard let key = reader.textBytes() else { return nil }
            if key.elementsEqual("type".utf8) {
                guard reader.integer() == 2 else { return nil }
                isEvent = true
            } else if key.elementsEqual("nsp".utf8) {
                guard !hasNamespace, let namespace = reader.textBytes() else { return nil }
                hasNamespace = true
                parts.isOfNamespace = namespace.elementsEqual(self.namespace.utf8)
            } else if key.elementsEqual("data".utf8) {
                guard parts.name == nil, let count = reader.array(), count > 0, let name = reader.text() else {
                    return nil
                }
                parts.name = name
                for index in 1..<count {
                    if index > 1 { parts.arguments.append(UInt8(ascii: ",")) }
                    guard reader.value(into: &parts.arguments, depth: 3) != nil else { return nil }
                }
            } else {
                return nil
            }
        }
        return isEvent && hasNamespace ? () : nil
    }

    private static func readOptions(_ reader: inout PlainMessagePackReader, _ parts: inout Parts) -> Void? {
        guard let count = reader.map() else { return nil }
        for _ in 0..<count {
            guard let key = reader.textBytes() else { return nil }
            if key.elementsEqual("rooms".utf8) {
                guard let rooms = readTexts(&reader) else { return nil }
                parts.selection.roomKeys = rooms
            } else if key.elementsEqual("except".utf8) {
                guard let excluded = readTexts(&reader) else { return nil }
                parts.selection.excludedKeys = excluded
            } else if key.elementsEqual("flags".utf8) {
                guard readFlags(&reader, &parts.selection) != nil else { return nil }
            } else {
                return nil
            }
        }
        return ()
    }

    private static func readFlags(_ reader: inout PlainMessagePackReader, _ selection: inout SocketSelection) -> Void? {
        guard let count = reader.map() else { return nil }
        for _ in 0..<count {
            guard let key = reader.textBytes() else { return nil }
            if key.elementsEqual("volatile".utf8) {
                guard let flag = reader.boolean() else { return nil }
                selection.isVolatile = flag
            } else if key.elementsEqual("compress".utf8) {
                guard let flag = reader.boolean() else { return nil }
                selection.isCompressed = flag
            } else {
                return nil
            }
        }
        return ()
    }

    private static func readTexts(_ reader: inout PlainMessagePackReader) -> [ByteText]? {
        guard let count = reader.array() else { return nil }
        var texts: [ByteText] = []
        for _ in 0..<count {
            guard let text = reader.text() else { return nil }
            texts.append(ByteText(text))
        }
        return texts
    }
}
