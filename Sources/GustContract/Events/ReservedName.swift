import GustWire

/// The error for an event whose name Socket.IO reserves.
///
/// Source: socket.io-parser 4.2, `RESERVED_EVENTS`.
package struct ReservedName: Error, CustomStringConvertible {
    let name: String

    /// Makes the error for `name`.
    package init(name: String) { self.name = name }

    /// What is wrong, and what to do.
    package var description: String { "the event name \"\(name)\" is reserved by Socket.IO; choose another" }

    /// Whether `name` is reserved.
    package static func contains(_ name: String) -> Bool { SocketIOPacketParser.isReserved(name) }
}
