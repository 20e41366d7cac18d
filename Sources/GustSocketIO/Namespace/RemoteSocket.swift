public import GustAdapter
import GustHTTP
public import GustWire

/// A socket of any node of a cluster, as it was when ``Broadcast/fetchSockets(timeout:)`` looked at it.
///
/// Its methods act on the socket as it is now, through the adapter of the namespace, from any thread. They do nothing if the
/// socket is disconnected.
public struct RemoteSocket: Sendable {
    /// The values of the socket at that moment.
    public let snapshot: SocketSnapshot
    /// A copy of the socket's ``Socket/data``; changes don't reach the socket.
    public let data: SocketData
    private let broadcast: Broadcast

    init(_ snapshot: SocketSnapshot, in namespace: Namespace) {
        self.snapshot = snapshot
        do {
            data = try SocketData(encoded: snapshot.data)
        } catch {
            // Another node has sent something that isn't an object.
            namespace.io.report(error, of: nil, in: "fetchSockets")
            data = SocketData()
        }
        broadcast = namespace.everybody.to(snapshot.id)
    }

    /// The id of the socket.
    public var id: String { snapshot.id }

    /// The names of the rooms that the socket was in, the room of its id included.
    public var rooms: [String] { snapshot.rooms }

    /// Sends an event to the socket.
    public func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) {
        broadcast.emit(name, repeat each value)
    }

    /// Sends an event to the socket and waits for its acknowledgement.
    ///
    /// - Throws: ``SocketError``; ``SocketError/disconnected`` if no node has the socket.
    public func emitWithAcknowledgement<each Value: Encodable>(
        _ name: String,
        _ value: repeat each Value,
        timeout: Duration = .seconds(10)
    ) async throws -> Arguments {
        for await reply in try broadcast.emitWithAcknowledgement(name, repeat each value, timeout: timeout) {
            return try reply.result.get()
        }
        throw SocketError.disconnected
    }

    /// Adds the socket to rooms.
    public func join(_ rooms: String...) { broadcast.join(rooms) }

    /// Removes the socket from rooms.
    public func leave(_ rooms: String...) { broadcast.leave(rooms) }

    /// Disconnects the socket from its namespace.
    ///
    /// - Parameter closingConnection: whether its connection is closed too.
    public func disconnect(closingConnection: Bool = false) {
        broadcast.disconnect(closingConnection: closingConnection)
    }
}

/// The sockets that ``Broadcast/fetchSockets(timeout:)`` has found.
public struct FetchedSockets: Sendable {
    /// The sockets, by node in no particular order.
    public let sockets: [RemoteSocket]
    /// The names of the nodes that haven't answered in time, whose sockets are missing.
    public let silentNodes: [String]

    /// Both together; a node that was silent in several namespaces of a family is named once.
    static func + (left: FetchedSockets, right: FetchedSockets) -> FetchedSockets {
        FetchedSockets(
            sockets: left.sockets + right.sockets,
            silentNodes: left.silentNodes
                + right.silentNodes.filter { node in !left.silentNodes.contains { $0.hasSameBytes(as: node) } }
        )
    }
}
