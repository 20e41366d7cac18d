import GustWire

/// What a server has told in its first packet.
struct ClientSession {
    let sid: String
    let handshake: Handshake
}
