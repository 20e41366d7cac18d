/// The URL grammar of 0.6: `/<transport>[/<sid>[/<time or "send">[/<callback index>]]]`.
///
/// An empty session segment, as in `/xhr-polling//1290000000000`, asks for a new session. Source: LearnBoost/socket.io 0.6.17, `lib/socket.io/listener.js`.
enum SocketIO06Address {
    static func address(_ parts: borrowing AddressParts) -> Address? {
        // Requests of Engine.IO are recognised by their query; their path below the resource is ignored.
        guard !parts.speaksEngineIO else { return nil }
        let segments = parts.segments
        guard segments.count >= 2, segments[0].isEmpty else { return nil }
        // Any other path below the resource belongs to a file, or to another route.
        guard segments.count <= 6, let transport = Revision.socketIO06.transport(named: segments[1]) else { return nil }
        let sid = segments.count > 2 ? segments[2] : ""
        return Address(
            revision: .socketIO06,
            transport: transport,
            sid: sid.isEmpty ? nil : sid,
            jsonpIndex: transport.isAlwaysScript ? Address.jsonpIndex(segments.count > 4 ? segments[4] : "") : nil
        )
    }
}
