import GustAdapter
import GustWire
import NIOCore

/// Reads the parts that the messages of all formats have in common.
enum JSONReader {
    /// The most byte strings of a message.
    static let maximumAttachments = 100_000

    /// The longest time that a request of another node may ask for.
    private static let maximumTimeout = 3_600_000

    /// A member that must be there.
    static func require(_ object: JSONObject, _ key: StaticString) throws(ClusterFormatError) -> JSONSlice {
        guard let value = object[key], !value.isNull else { throw ClusterFormatError("a message without \(key)") }
        return value
    }

    static func object(_ value: JSONSlice?) throws(ClusterFormatError) -> JSONObject {
        guard let value, let object = JSONObject(value) else {
            throw ClusterFormatError("something else where an object was expected")
        }
        return object
    }

    static func string(_ value: JSONSlice) throws(ClusterFormatError) -> String {
        guard let string = value.string else { throw ClusterFormatError("something else where text was expected") }
        return string
    }

    static func integer(_ value: JSONSlice) throws(ClusterFormatError) -> Int {
        guard let number = value.integer else { throw ClusterFormatError("something else where a number was expected") }
        return number
    }

    /// The names of rooms; numbers, which some programs use, become text.
    static func rooms(_ value: JSONSlice?) throws(ClusterFormatError) -> [String] {
        guard let value, !value.isNull else { return [] }
        guard let elements = value.elements else {
            throw ClusterFormatError("something else where rooms were expected")
        }
        var rooms: [String] = []
        for element in elements.all {
            guard let room = element.string ?? element.integer.map({ String($0) }) else {
                throw ClusterFormatError("something else where the name of a room was expected")
            }
            rooms.append(room)
        }
        return rooms
    }

    /// The name of an event and its arguments.
    static func event(_ value: JSONSlice) throws(ClusterFormatError) -> (name: String, arguments: Arguments) {
        guard let (first, rest) = value.elements?.split, let name = first.string ?? first.integer.map({ String($0) })
        else { throw ClusterFormatError("something else where an event was expected") }
        guard rest.hasAttachments else { return (name, rest) }
        // Only the attachments that the arguments refer to: a message may have others.
        var arguments = Arguments()
        for argument in rest.all { arguments.append(json: argument) }
        return (name, arguments)
    }

    /// The options of a broadcast.
    struct Options {
        var selection: SocketSelection
        /// How long each client may take to acknowledge.
        var timeout: Duration
        /// The kind of a message without a name; nil for an event.
        var message: String?
    }

    /// The options of an operation; without them, everything is selected.
    static func options(_ value: JSONSlice?) throws(ClusterFormatError) -> Options {
        let object = try object(value ?? .emptyObject)
        let flags = object["flags"].flatMap { JSONObject($0) }
        var selection = SocketSelection(
            rooms: try rooms(object["rooms"]),
            excluded: try rooms(object["except"]),
            isVolatile: flags?["volatile"]?.isTrue ?? false
        )
        selection.isCompressed = !(flags?["compress"]?.isFalse ?? false)
        selection.latestKey = flags?["latest"]?.string
        // The reference server waits for 5 s unless told otherwise.
        let timeout = min(max(0, flags?["timeout"]?.integer ?? 5_000), maximumTimeout)
        return Options(selection: selection, timeout: .milliseconds(timeout), message: flags?["send"]?.string)
    }

    /// The packet of a broadcast, `{type: 2, data: […]}`.
    static func packet(_ value: JSONSlice, message: String?) throws(ClusterFormatError) -> NamespacePacket {
        let object = try object(value)
        guard object["type"]?.integer == 2 else { throw ClusterFormatError("a broadcast that is no event") }
        let (name, arguments) = try event(try require(object, "data"))
        guard !SocketIOPacketParser.isReserved(name) else {
            throw ClusterFormatError("an event whose name belongs to the protocol")
        }
        guard let message, let argument = arguments.all.first else { return .event(name: name, arguments) }
        if message.utf8.elementsEqual("text".utf8), let text = argument.string { return .message(.text(text)) }
        if message.utf8.elementsEqual("json".utf8) { return .message(.json(argument)) }
        if message.utf8.elementsEqual("binary".utf8), let bytes = arguments.attachments.first {
            return .message(.binary(bytes))
        }
        return .event(name: name, arguments)
    }

    /// A socket as the reference server writes it; members that are missing are empty.
    static func snapshot(_ value: JSONSlice) throws(ClusterFormatError) -> SocketSnapshot {
        let object = try object(value)
        let handshake = object["handshake"].flatMap { JSONObject($0) }
        let headers = handshake?["headers"]?.members ?? []
        let data = object["data"].flatMap { JSONObject($0) == nil ? nil : $0 }
        var snapshot = SocketSnapshot(
            id: try string(try require(object, "id")),
            rooms: try rooms(object["rooms"]),
            target: handshake?["url"]?.string ?? "/",
            headers: headers.compactMap { name, value in
                value.string.map { SocketSnapshot.Header(name: name, value: $0) }
            },
            address: handshake?["address"]?.string,
            isSecure: handshake?["secure"]?.isTrue ?? false,
            data: data.map(withBuffers) ?? .emptyObject
        )
        snapshot.auth = handshake?["auth"]
        snapshot.issued = handshake?["issued"]?.integer
        snapshot.isCrossDomain = handshake?["xdomain"]?.isTrue ?? false
        return snapshot
    }

    /// The value with each attachment as `JSON.stringify` writes a `Buffer` of Node: the data of a socket is JSON.
    private static func withBuffers(_ value: JSONSlice) -> JSONSlice {
        guard value.hasAttachments else { return value }
        return JSONSlice(trusted: writingBuffers(in: value.bytes, value.attachments))
    }

    /// The text in which `{"type":"Buffer","data":[…]}` stands in place of each placeholder.
    static func writingBuffers(in text: ByteBuffer, _ attachments: [ByteBuffer]) -> ByteBuffer {
        AttachmentText.replacingPlaceholders(in: text) { number, output in
            guard attachments.indices.contains(number) else { return false }
            output.writeStaticString(#"{"type":"Buffer","data":["#)
            for (index, byte) in attachments[number].readableBytesView.enumerated() {
                output.writeString(index > 0 ? ",\(byte)" : "\(byte)")
            }
            output.writeStaticString("]}")
            return true
        }
    }

    /// The bytes as checked JSON: text if they begin with `{`, otherwise MessagePack.
    static func value(_ bytes: ByteBuffer) throws(ClusterFormatError) -> JSONSlice {
        do throws(WireError) {
            guard bytes.readableBytesView.first != UInt8(ascii: "{") else { return try JSONSlice(received: bytes) }
            return try MessagePack.json(bytes, maximumAttachments: maximumAttachments)
        } catch {
            throw ClusterFormatError("\(error)")
        }
    }
}
