import GustAdapter
package import GustWire

/// Writing the data of messages.
extension ClusterMessageFormat {
    /// The type and the data of a message; nil if the format has no word for it.
    package func encodeData(_ content: ClusterMessage.Content) -> (kind: Kind, data: JSONSlice?)? {
        var writer = JSONWriter()
        let kind: Kind
        switch content {
        case .broadcast(let packet, let selection, let offset):
            kind = .broadcast
            writer.writeBroadcast(packet, selection, nil)
            // Servers of Node ignore it.
            if let offset {
                writer.write(#","offset":"#)
                writer.write(string: offset)
            }
        case .ask(let request, let packet, let selection, let timeout):
            kind = .broadcast
            writer.writeBroadcast(packet, selection, timeout)
            writer.write(#","requestId":"#)
            writer.write(string: request)
        case .join(let rooms, let selection), .leave(let rooms, let selection):
            if case .join = content { kind = .join } else { kind = .leave }
            writer.write(#"{"opts":"#)
            writer.write(selection)
            writer.write(#","rooms":"#)
            writer.write(strings: rooms)
        case .disconnect(let selection, let closingConnections):
            kind = .disconnect
            writer.write(#"{"opts":"#)
            writer.write(selection)
            writer.write(closingConnections ? #","close":true"# : #","close":false"#)
        case .fetch(let request, let selection):
            kind = .fetch
            writer.write(#"{"opts":"#)
            writer.write(selection)
            writer.write(#","requestId":"#)
            writer.write(string: request)
        case .fetched(let request, let snapshots):
            kind = .fetched
            writer.writeRequest(request)
            writer.write(#","sockets":["#)
            for (index, snapshot) in snapshots.enumerated() {
                if index > 0 { writer.write(",") }
                writer.write(snapshot)
            }
            writer.write("]")
        case .serverEvent(let name, let arguments):
            kind = .serverEvent
            writer.write(#"{"packet":"#)
            writer.write(event: name, arguments)
        case .serverAsk(let request, let name, let arguments):
            kind = .serverEvent
            writer.writeRequest(request)
            writer.write(#","packet":"#)
            writer.write(event: name, arguments)
        case .serverReply(let request, let arguments?):
            kind = .serverReply
            writer.writeRequest(request)
            writer.writeFirst(of: arguments)
        case .serverReply(let request, nil):
            guard isExtended else { return nil }
            kind = .noServerReply
            writer.writeRequest(request)
        case .asked(let request, let count):
            kind = .asked
            writer.writeRequest(request)
            writer.write(#","clientCount":"#)
            writer.write(count)
        case .acknowledgement(let request, let socket, .success(let arguments)):
            kind = .acknowledgement
            writer.writeRequest(request)
            guard isExtended else {
                writer.writeFirst(of: arguments)
                break
            }
            writer.writeSocket(socket)
            writer.write(#","arguments":["#)
            writer.write(list: arguments)
            writer.write("]")
        case .acknowledgement(let request, let socket, .failure(let error)):
            guard isExtended else { return nil }
            kind = .failure
            writer.writeRequest(request)
            writer.writeSocket(socket)
            writer.write(#","failure":"#)
            writer.write(string: error.word)
        case .persist(let session): return (.persist, SessionFormat.json(session))
        case .restore(let request, let pid, let offset, let isKept):
            kind = .restore
            writer.writeRequest(request)
            writer.write(#","pid":"#)
            writer.write(string: pid)
            if let offset {
                writer.write(#","offset":"#)
                writer.write(string: offset)
            }
            writer.write(isKept ? #","kept":true"# : #","kept":false"#)
        case .restored(let request, let session):
            kind = .restored
            writer.writeRequest(request)
            if let session {
                writer.write(#","session":"#)
                writer.write(whole: SessionFormat.json(session))
            }
        case .hello: return (.hello, nil)
        case .present: return (.present, nil)
        case .goodbye: return (.goodbye, nil)
        case .listSockets, .listRooms, .listed: return nil
        }
        writer.write("}")
        return (kind, writer.json)
    }
}

extension JSONWriter {
    /// Writes the data of a broadcast without its end.
    fileprivate mutating func writeBroadcast(
        _ packet: NamespacePacket,
        _ selection: SocketSelection,
        _ timeout: Duration?
    ) {
        write(#"{"packet":{"type":2,"data":"#)
        let kind = write(data: packet)
        write(#"},"opts":"#)
        write(selection, message: kind, timeout: timeout)
    }

    /// Writes the data of a packet; the result is the kind of a message without a name, as JSON.
    mutating func write(data packet: NamespacePacket) -> StaticString? {
        switch packet {
        case .event(let name, let arguments):
            write(event: name, arguments)
            return nil
        case .message(let message):
            write(event: "message", message.arguments)
            switch message {
            case .text: return #""text""#
            case .json: return #""json""#
            case .binary: return #""binary""#
            }
        }
    }

    /// Writes the beginning of the data of a message that belongs to a request.
    fileprivate mutating func writeRequest(_ request: String) {
        write(#"{"requestId":"#)
        write(string: request)
    }

    fileprivate mutating func writeSocket(_ socket: String?) {
        guard let socket else { return }
        write(#","socket":"#)
        write(string: socket)
    }

    /// Writes the first argument, the only one that replies have; nothing if there is none.
    fileprivate mutating func writeFirst(of arguments: Arguments) {
        guard let first = arguments[0] else { return }
        write(#","packet":"#)
        write(attached: first)
    }
}
