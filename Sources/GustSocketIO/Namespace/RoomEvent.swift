/// A change of a room: its first socket has come, a socket has joined or left it, or its last socket has gone.
struct RoomEvent: Sendable {
    enum Change: Sendable {
        case created, joined, left, deleted
    }

    let change: Change
    let room: String
    /// The id of the socket that has joined or left.
    let socketID: String
}
