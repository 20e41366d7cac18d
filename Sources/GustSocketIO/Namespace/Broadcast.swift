import GustHTTP
public import GustWire

/// A choice of sockets in one namespace, to send to all of them at once: rooms added up, rooms taken away.
///
/// ```swift
/// io.to("lobby").except("muted").emit("news", "hello")
/// ```
///
/// The packet is encoded once for each protocol generation among the receivers, and each loop is visited once. May be
/// used from anywhere; each socket gets it once, however many of the rooms it is in.
public struct Broadcast: Sendable {
    let namespace: Namespace
    var target: BroadcastTarget

    init(namespace: Namespace, excluding id: ByteText? = nil) {
        self.namespace = namespace
        target = BroadcastTarget(excluded: id.map { [$0] } ?? [])
    }

    /// The same with more rooms; without any room it is the whole namespace.
    ///
    /// A socket's id is a room too.
    public func to(_ room: String...) -> Broadcast { to(room) }

    /// The same as ``to(_:)-(String...)``.
    public func `in`(_ room: String...) -> Broadcast { to(room) }

    /// The same with more rooms.
    public func to(_ rooms: [String]) -> Broadcast {
        var copy = self
        copy.target.rooms += rooms.map { ByteText($0) }
        return copy
    }

    /// The same without the sockets in `room`.
    public func except(_ room: String...) -> Broadcast { except(room) }

    /// The same without the sockets in any of `rooms`.
    public func except(_ rooms: [String]) -> Broadcast {
        var copy = self
        copy.target.excluded += rooms.map { ByteText($0) }
        return copy
    }

    /// The same, dropping the packet for sockets that can't take it at once.
    public var volatile: Broadcast {
        var copy = self
        copy.target.isVolatile = true
        return copy
    }

    /// Sends an event.
    ///
    /// A value that can't be encoded goes to ``SocketIO/onError(_:)`` and nothing is sent.
    public func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
        do {
            emit(name, arguments: try Arguments.encoding(repeat each value))
        } catch {
            namespace.io.report(error, of: nil, in: name)
        }
    }

    /// Sends an event with its payload.
    public func emit<Payload>(_ event: Event<Payload>, _ payload: Payload) {
        emit(event.name, payload)
    }

    /// Sends an event with arguments that are encoded already.
    public func emit(_ name: String, arguments: Arguments) {
        guard !ReservedName.contains(name) else {
            return namespace.io.report(ReservedName(name: name), of: nil, in: name)
        }
        broadcast(.event(namespace: namespace.name, id: nil, name: name, arguments: arguments), name)
    }

    /// Sends a message to everybody chosen.
    public func send(_ message: Message) {
        broadcast(.message(namespace: namespace.name, id: nil, message), "message")
    }

    private func broadcast(_ packet: Packet, _ name: String) {
        if !namespace.adapter.broadcast(packet, to: target) { namespace.io.refuseWork(of: nil, in: name) }
    }

    /// Waits until no loop has more to do for others than it should: back-pressure for producers.
    ///
    /// What a client's handlers send past that makes the client's reading stop instead. What is sent far past it is refused:
    /// ``SocketIO/onError(_:)`` gets ``SocketError/overloaded``, and ``SocketIOStatistics/refused`` counts it.
    public func flush() async { await namespace.adapter.whenTaken() }

    /// Makes everybody chosen enter `room`.
    public func join(_ room: String) {
        namespace.adapter.forEach(target) { $0.join(room) }
    }

    /// Makes everybody chosen leave `room`.
    public func leave(_ room: String) {
        namespace.adapter.forEach(target) { $0.leave(room) }
    }

    /// Makes everybody chosen leave the namespace, or closes their connections.
    public func disconnect(closingConnection: Bool = false) {
        namespace.adapter.forEach(target) { $0.disconnect(closingConnection: closingConnection) }
    }

    /// Everybody chosen, at the time each loop was asked.
    public func sockets() async -> [Socket] {
        await namespace.adapter.collect(target) { $0 }
    }
}
