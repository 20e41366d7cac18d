/// The reason why a socket doesn't enter a room; reported to ``SocketIO/onError(_:)``.
public enum RoomError: Error, Sendable, Hashable {
    /// The socket already is in ``SocketIOSettings/maximumRooms`` rooms.
    case tooManyRooms
    /// The room's name has more bytes than `SocketIOSettings.maximumNameLength`.
    case nameTooLong
}
