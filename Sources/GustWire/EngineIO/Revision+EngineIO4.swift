import NIOCore

extension Revision {
    /// Engine.IO 4 with Socket.IO protocol 5: socket.io-client 3.x and 4.x.
    ///
    /// Source: `engine.io-protocol` v4, `socket.io-protocol` v5; engine.io 6.6 and socket.io 4.8 for every check.
    public static let engineIO4: Revision = Revision(
        name: "4",
        transports: .engineIO,
        address: { parts in
            guard parts.query.engineIO == .four else { return nil }
            return EngineIOAddress.address(parts, .engineIO4)
        },
        makeCodec: { layer, limits in
            switch layer {
            case .engineIO: EngineIO4Codec()
            case .socketIO:
                switch limits.parser {
                case .json: SocketIO5Codec(limits)
                case .messagePack: SocketIO5MessagePackCodec(limits)
                }
            }
        },
        payload: EngineIO4Payload(),
        callback: .engineIO,
        posted: EngineIO3Form.payload(_:isJSONP:),
        heartbeat: .serverPings,
        timing: .engineIO,
        rules: .engineIO4,
        connectsImplicitly: false,
        socketIdentifiers: .own,
        refusal: { EngineIORefusal.body(for: $0, clients: "revision 4 (socket.io-client 3.x and 4.x)") },
        postReply: PostReply(contentType: "text/html", body: ByteBuffer(string: "ok")),
        announcesClose: false,
        handshakeReply: nil
    )
}
