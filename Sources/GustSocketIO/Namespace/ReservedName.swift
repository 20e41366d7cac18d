/// The error for an event whose name Socket.IO reserves.
///
/// Source: socket.io-parser 4.2, `RESERVED_EVENTS`.
package struct ReservedName: Error, CustomStringConvertible {
    let name: String

    package var description: String { "the event name \"\(name)\" is reserved by Socket.IO; choose another" }

    /// Whether a name is reserved.
    package static func contains(_ name: String) -> Bool {
        // This is called for every event that is sent. Comparing the first byte is enough for nearly all names.
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
