import GustWire

/// A packet that waits, with its caller, until the outbox has room for it.
struct WaitingPacket {
    let socket: Socket
    let packet: Packet
    let waiter: FlushWaiter
    /// How many frames the packet has.
    let frames: Int
    /// How many bytes the packet has.
    let bytes: Int
}
