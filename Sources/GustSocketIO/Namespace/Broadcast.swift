import GustAdapter
import GustContract
import GustHTTP
public import GustWire

/// A selection of sockets in one namespace, or in all namespaces of a family, to all of which an event or a message can be sent.
///
/// ```swift
/// io.to("lobby").except("muted").emit("news", "hello")
/// ```
///
/// A broadcast to several rooms reaches the sockets that are in at least one of them, each socket once.
/// The packet is encoded once for each protocol revision among the receivers, and each loop is visited
/// once. May be used from any thread.
public struct Broadcast: Sendable {
    /// The namespace, or the family whose namespaces are looked up when something is sent.
    let scope: SocketScope
    var selection = SocketSelection()
    /// Whether only the sockets of this process are selected.
    var isLocal = false

    init(namespace: SocketScope, excluding id: ByteText? = nil) {
        scope = namespace
        if let id { selection.excludedKeys = [id] }
    }

    /// The adapter that the operations on a namespace go through.
    func adapter(of namespace: Namespace) -> any Adapter { isLocal ? namespace.local : namespace.adapter }

    /// Calls `body` with the adapter of each namespace.
    func forEachAdapter(_ body: (any Adapter) -> Void) {
        scope.forEachNamespace { body(adapter(of: $0)) }
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
        copy.selection.roomKeys += rooms.map { ByteText($0) }
        return copy
    }

    /// Excludes the sockets in `room`.
    public func except(_ room: String...) -> Broadcast { except(room) }

    /// Excludes the sockets in any of `rooms`.
    public func except(_ rooms: [String]) -> Broadcast {
        var copy = self
        copy.selection.excludedKeys += rooms.map { ByteText($0) }
        return copy
    }

    /// The same selection; a packet is dropped for sockets to which it can't be sent at once.
    public var volatile: Broadcast {
        var copy = self
        copy.selection.isVolatile = true
        return copy
    }

    /// The same selection; if `isCompressed` is false, a packet isn't compressed for WebSockets with compression.
    ///
    /// This saves time for data that is compressed already. See ``SocketIOSettings/deflate``; responses to polls aren't affected.
    public func compress(_ isCompressed: Bool) -> Broadcast {
        var copy = self
        copy.selection.isCompressed = isCompressed
        return copy
    }

    /// The same selection, without the sockets of other nodes of a cluster.
    public var local: Broadcast {
        var copy = self
        copy.isLocal = true
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
            scope.io.report(error, of: nil, in: name)
        }
    }

    /// Sends an event with encoded arguments.
    public func emit(_ name: String, arguments: Arguments) {
        guard !ReservedName.contains(name) else {
            return scope.io.report(ReservedName(name: name), of: nil, in: name)
        }
        forEachAdapter { $0.broadcast(.event(name: name, arguments), to: selection) }
    }

    /// Sends a message to the selected sockets.
    public func send(_ message: Message) {
        forEachAdapter { $0.broadcast(.message(message), to: selection) }
    }

    /// Suspends until the work that other threads have posted to each loop is below a threshold:
    /// back-pressure for producers.
    ///
    /// While that work is above the threshold, the server doesn't read from a client whose handlers send packets to the
    /// loop. Far above the threshold packets are refused: they aren't sent, ``SocketError/overloaded`` is reported to
    /// ``SocketIO/onError(_:)``, and ``SocketIOStatistics/refused`` counts them.
    public func flush() async { await scope.io.shards.whenTaken() }
}
