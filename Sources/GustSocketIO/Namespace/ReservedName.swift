/// An event name that the protocol keeps for itself; nobody may emit it.
///
/// Source: socket.io-parser 4.2, `RESERVED_EVENTS`.
struct ReservedName: Error, CustomStringConvertible {
    let name: String

    var description: String { "the event name \"\(name)\" is reserved by Socket.IO; choose another" }

    static func contains(_ name: String) -> Bool {
        // Asked for every event: the first letter settles it for nearly all.
        switch name.utf8.first {
        case UInt8(ascii: "c"), UInt8(ascii: "d"), UInt8(ascii: "n"), UInt8(ascii: "r"): break
        default: return false
        }
        switch name {
        case "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener": return true
        default: return false
        }
    }
}
