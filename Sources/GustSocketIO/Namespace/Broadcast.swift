import GustHTTP
public import GustWire

/// A selection of sockets in one namespace, to all of which an event or a message can be sent.
///
/// ```swift
/// io.to("lobby").except("muted").emit("news", "hello")
/// ```
///
/// A broadcast to several rooms reaches the sockets that are in at least one of them, each socket once.
/// The packet is encoded once for each protocol revision among the receivers, and each loop is visited
/// once. May be used from any thread.
public struct Broadcast: Sendable {
    let namespace: Namespace
    var target: BroadcastTarget

    init(namespace: Namespace, excluding id: ByteText? = nil) {
        self.namespace = namespace
        target = BroadcastTarget(excluded: id.map { [$0] } ?? [])
    }

    /// Adds `room` to the selected rooms.
    ///
    /// A broadcast for which no room is selected reaches the whole namespace. A socket's id is the name of a room that
    /// contains only that socket.
    public func to(_ room: String...) -> Broadcast { to(room) }

    /// Does the same as ``to(_:)-(String...)``.
    public func `in`(_ room: String...) -> Broadcast { to(room) }

    /// Adds `rooms` to the selected rooms.
    public func to(_ rooms: [String]) -> Broadcast {
        var copy = self
        copy.target.rooms += rooms.map { ByteText($0) }
        return copy
    }

    /// Excludes the sockets in `room`.
    public func except(_ room: String...) -> Broadcast { except(room) }

    /// Excludes the sockets in any of `rooms`.
    public func except(_ rooms: [String]) -> Broadcast {
        var copy = self
        copy.target.excluded += rooms.map { ByteText($0) }
        return copy
    }

    /// The same selection; a packet is dropped for sockets to which it can't be sent at once.
    public var volatile: Broadcast {
        var copy = self
        copy.target.isVolatile = true
        return copy
    }

    /// Sends an event.
    ///
    /// If a value can't be encoded, or `name` is reserved (`connect`, `disconnect`, …), nothing is sent and the error
    /// is reported to ``SocketIO/onError(_:)``.
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

    /// Sends an event with encoded arguments.
    public func emit(_ name: String, arguments: Arguments) {
        guard !ReservedName.contains(name) else {
            return namespace.io.report(ReservedName(name: name), of: nil, in: name)
        }
        broadcast(.event(namespace: namespace.name, id: nil, name: name, arguments: arguments), name)
    }

    /// Sends a message to the selected sockets.
    public func send(_ message: Message) {
        broadcast(.message(namespace: namespace.name, id: nil, message), "message")
    }

    private func broadcast(_ packet: Packet, _ name: String) {
        if !namespace.adapter.broadcast(packet, to: target) { namespace.io.refuseWork(of: nil, in: name) }
    }

    /// Suspends until the work that other threads have posted to each loop is below a threshold:
    /// back-pressure for producers.
    ///
    /// While that work is above the threshold, the server doesn't read from a client whose handlers send packets to the
    /// loop. Far above the threshold packets are refused: they aren't sent, ``SocketError/overloaded`` is reported to
    /// ``SocketIO/onError(_:)``, and ``SocketIOStatistics/refused`` counts them.
    public func flush() async { await namespace.adapter.whenTaken() }

    /// Adds the selected sockets to `room`.
    public func join(_ room: String) {
        namespace.adapter.forEach(target) { $0.join(room) }
    }

    /// Removes the selected sockets from `room`.
    public func leave(_ room: String) {
        namespace.adapter.forEach(target) { $0.leave(room) }
    }

    /// Disconnects the selected sockets from the namespace.
    ///
    /// - Parameter closingConnection: whether the connections of the sockets are closed too.
    public func disconnect(closingConnection: Bool = false) {
        namespace.adapter.forEach(target) { $0.disconnect(closingConnection: closingConnection) }
    }

    /// The selected sockets.
    ///
    /// Each loop collects its sockets by itself, so the array isn't a snapshot of one moment.
    public func sockets() async -> [Socket] {
        await namespace.adapter.collect(target) { $0 }
    }
}
