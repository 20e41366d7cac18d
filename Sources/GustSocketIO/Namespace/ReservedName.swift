/// An event name that the protocol keeps for itself; nobody may emit it.
///
/// Source: socket.io-parser 4.2, `RESERVED_EVENTS`.
struct ReservedName: Error, CustomStringConvertible {
    let name: String

    var description: String { "the event name \"\(name)\" is reserved by Socket.IO; choose another" }

    static func contains(_ name: String) -> Bool {
        switch name {
        case "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener": true
        default: false
        }
    }
}
