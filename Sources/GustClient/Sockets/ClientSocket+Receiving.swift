import GustWire
import NIOCore

/// Events of the server; all methods are called on the loop.
extension ClientSocket {
    /// The server has sent an event.
    func receive(_ name: String, _ arguments: Arguments, _ id: Int?) {
        guard phase == .joined else {
            return keepEarly(.event(namespace: namespace, id: id, name: name, arguments: arguments))
        }
        noteOffset(name, arguments)
        let reply = id.map { EventReply(self, id: $0, session: connection.sessionNumber) }
        deliver(SocketEvent(name: name, arguments: arguments, reply: reply))
    }

    /// The server has sent a message, or the event `message` in a revision without events.
    func receive(_ message: Message, _ id: Int?) {
        guard phase == .joined else { return keepEarly(.message(namespace: namespace, id: id, message)) }
        messageHandlers.call(message)
        guard connection.settings.revision.hasEvents || !sequences.isEmpty else { return }
        let reply = id.map { EventReply(self, id: $0, session: connection.sessionNumber) }
        _ = handlers.call(self, SocketEvent(name: "message", arguments: message.arguments, reply: reply))
        tellSequences(SocketEvent(name: "message", arguments: message.arguments, reply: reply))
    }

    private func deliver(_ event: SocketEvent) {
        let isHandled = handlers.call(self, event)
        if !isHandled, !messageHandlers.isEmpty, let message = event.message { messageHandlers.call(message) }
        if !sequences.isEmpty { tellSequences(event) }
    }

    private func tellSequences(_ event: SocketEvent) {
        guard !sequences.isEmpty else { return }
        let event = event.detached
        for sequence in sequences.values { sequence.receive(event) }
    }

    /// Events that were missed are sent before the answer to CONNECT.
    private func keepEarly(_ packet: Packet) {
        // Before that they are for a socket that has left.
        guard phase == .joining, hasAskedToJoin else { return }
        let limits = connection.settings.limits
        let weight = packet.weight
        guard early.count < limits.maximumBufferedEvents, weight <= limits.maximumBufferedBytes - earlyBytes else {
            return connection.fail(.protocolViolation("too many events before the answer for \(namespace)"))
        }
        early.append(packet.detached)
        earlyBytes += weight
    }

    func receiveEarly(_ packet: Packet) {
        switch packet {
        case .event(_, let id, let name, let arguments): receive(name, arguments, id)
        case .message(_, let id, let message): receive(message, id)
        default: break
        }
    }

    /// The offset is the last argument of each event, a string, if the server can continue the socket (socket.io-client 4.8).
    private func noteOffset(_ name: String, _ arguments: Arguments) {
        guard recovery != nil else { return }
        if let last = arguments.lastString {
            recovery?.offset = last
        }
    }

    func acknowledged(_ id: Int, _ arguments: Arguments) {
        acknowledgements.remove(id)?(.success(arguments))
    }
}

extension Packet {
    /// About how many bytes an event or a message has.
    fileprivate var weight: Int {
        switch self {
        case .event(_, _, let name, let arguments): name.utf8.count + arguments.weight
        case .message(_, _, let message): message.weight
        default: 0
        }
    }
}

extension SocketEvent {
    /// The message that an event `message` with one argument is.
    fileprivate var message: Message? {
        guard name.utf8.elementsEqual("message".utf8), arguments.count == 1, let value = arguments[0] else {
            return nil
        }
        if let bytes = arguments.attachments.first { return .binary(bytes) }
        return value.string.map(Message.text) ?? .json(value)
    }
}

extension Arguments {
    /// The last argument if it is a string, in memory of its own.
    ///
    /// The text is checked from its end, because every event of a server with recovery is asked for it.
    fileprivate var lastString: JSONSlice? {
        guard text.readableBytesView.last == UInt8(ascii: "\"") else { return nil }
        let count = count
        return count == 0 ? nil : self[count - 1]?.detached
    }
}
