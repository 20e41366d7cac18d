import GustHTTP
import GustWire

/// Keeps which sockets of one namespace are in which rooms, and sends to them.
///
/// The local adapter serves the sockets of this process; an adapter for a cluster adds the other nodes behind the same protocol.
/// `insert`, `remove`, `join` and `leave` are called on the socket's loop, the others from anywhere.
protocol Adapter: Sendable {
    func insert(_ socket: Socket)
    func remove(_ socket: Socket)
    /// The socket moves from `shard` to another loop: broadcasts that come to `shard` are forwarded until
    /// ``forgetDeparted(_:on:)``.
    func depart(_ socket: Socket, from shard: LoopShard)
    func forgetDeparted(_ socket: Socket, on shard: LoopShard)
    func join(_ socket: Socket, _ room: ByteText)
    func leave(_ socket: Socket, _ room: ByteText)
    /// Sends `packet` to each socket that `target` chooses; false if the packet was refused, because the inbox of a loop is full.
    func broadcast(_ packet: Packet, to target: BroadcastTarget) -> Bool
    /// Calls `body` once with each socket that `target` chooses, on the socket's loop.
    func forEach(_ target: BroadcastTarget, _ body: @escaping @Sendable (Socket) -> Void)
    /// The values that `body` returns for the sockets that `target` chooses.
    func collect<Value: Sendable>(
        _ target: BroadcastTarget,
        _ body: @escaping @Sendable (Socket) -> Value
    ) async
        -> [Value]
    /// Suspends until no inbox of a loop is over its bound.
    func whenTaken() async
    /// Removes everything, because the namespace has ended.
    func close()
}

/// The choice of sockets that a broadcast is sent to.
struct BroadcastTarget: Sendable {
    /// The rooms it goes to; none means the whole namespace.
    var rooms: [ByteText] = []
    /// Sockets in one of these rooms are left out.
    ///
    /// The id of a socket is a room that contains only that socket.
    var excluded: [ByteText] = []
    /// Whether the packet is dropped for sockets whose transports can't send it at once.
    var isVolatile = false
}
