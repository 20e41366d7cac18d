import GustAdapter
import GustWire
import NIOCore

/// The session of a client as JSON, in messages between nodes of Gust.
enum SessionFormat {
    /// Writes a session.
    static func json(_ session: SocketSession) -> JSONSlice {
        var writer = JSONWriter()
        writer.write(#"{"sid":"#)
        writer.write(string: session.id)
        writer.write(#","pid":"#)
        writer.write(string: session.pid)
        writer.write(#","rooms":"#)
        writer.write(strings: session.rooms)
        writer.write(#","data":"#)
        writer.write(session.data)
        if let offset = session.offset {
            writer.write(#","offset":"#)
            writer.write(string: offset)
        }
        writer.write(#","received":"#)
        writer.write(strings: session.received)
        writer.write(#","missed":["#)
        writer.write(list: missed(session.missed))
        writer.write("]}")
        return writer.json
    }

    /// The packets, each as `[offset, kind, name, argument…]`, or `[offset]` if it isn't sent again.
    private static func missed(_ packets: [SocketSession.MissedPacket]) -> Arguments {
        var list = Arguments()
        for missed in packets {
            var writer = JSONWriter()
            writer.write("[")
            writer.write(string: missed.offset)
            if let packet = missed.packet {
                writer.write(",")
                var data = JSONWriter()
                let kind = data.write(data: packet)
                writer.write(kind ?? "null")
                writer.write(",")
                writer.write(whole: data.json)
            }
            writer.write("]")
            list.append(json: writer.json)
        }
        return list
    }

    /// Reads a session.
    ///
    /// - Throws: ``ClusterFormatError`` if a member is missing or of another kind.
    static func session(_ object: JSONObject) throws(ClusterFormatError) -> SocketSession {
        let data = try JSONReader.require(object, "data")
        guard JSONObject(data) != nil else { throw ClusterFormatError("a session whose data is no object") }
        var missed: [SocketSession.MissedPacket] = []
        for element in object["missed"]?.elements?.all ?? [] { missed.append(try packet(element)) }
        return SocketSession(
            id: try JSONReader.string(try JSONReader.require(object, "sid")),
            pid: try JSONReader.string(try JSONReader.require(object, "pid")),
            rooms: try JSONReader.rooms(object["rooms"]),
            data: data,
            offset: object["offset"]?.string,
            missed: missed,
            received: try JSONReader.rooms(object["received"])
        )
    }

    private static func packet(_ value: JSONSlice) throws(ClusterFormatError) -> SocketSession.MissedPacket {
        let parts = value.elements?.all ?? []
        guard let offset = parts.first?.string else { throw ClusterFormatError("a missed packet without an offset") }
        guard parts.count == 3 else { return SocketSession.MissedPacket(offset: offset, nil) }
        var text = ByteBuffer(string: #"{"type":2,"data":"#)
        text.writeImmutableBuffer(parts[2].bytes)
        text.writeStaticString("}")
        let packet = JSONSlice(trusted: text, attachments: parts[2].attachments)
        return SocketSession.MissedPacket(offset: offset, try JSONReader.packet(packet, message: parts[1].string))
    }
}
