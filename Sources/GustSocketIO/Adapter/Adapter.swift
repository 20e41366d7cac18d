import GustHTTP
import GustWire

/// Who is in which room of one namespace, and how to reach them.
///
/// The local adapter reaches the sockets of this process; one for a cluster adds the other nodes behind the same face.
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
    /// Sends `packet` to everybody whom `target` names; false if it was refused, because too much waits for a loop.
    func broadcast(_ packet: Packet, to target: BroadcastTarget) -> Bool
    /// Calls `body` once with each socket that `target` names, on the socket's loop.
    func forEach(_ target: BroadcastTarget, _ body: @escaping @Sendable (Socket) -> Void)
    /// What `body` returns for each socket that `target` names.
    func collect<Value: Sendable>(
        _ target: BroadcastTarget,
        _ body: @escaping @Sendable (Socket) -> Value
    ) async
        -> [Value]
    /// Waits until no loop has more to do than it should.
    func whenTaken() async
    /// Forgets everything, because the namespace is gone.
    func close()
}

/// Whom a broadcast is for.
struct BroadcastTarget: Sendable {
    /// The rooms it goes to; none means the whole namespace.
    var rooms: [ByteText] = []
    /// Sockets in one of these rooms don't get it.
    ///
    /// A socket's id is a room with that socket in it.
    var excluded: [ByteText] = []
    /// Whether it is dropped for sockets that can't take it at once.
    var isVolatile = false
}
