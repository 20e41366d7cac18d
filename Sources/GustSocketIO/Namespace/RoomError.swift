/// Why a socket doesn't enter a room; goes to ``SocketIO/onError(_:)``.
public enum RoomError: Error, Sendable, Hashable {
    /// The socket is in ``SocketIOSettings/maximumRooms`` rooms already.
    case tooManyRooms
    /// The room's name has more bytes than ``SocketIOSettings/maximumNameLength``.
    case nameTooLong
}
