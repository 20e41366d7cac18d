import NIOCore

extension Revision {
    /// Engine.IO 4 with Socket.IO protocol 5: socket.io-client 3.x and 4.x.
    ///
    /// Source: `engine.io-protocol` v4, `socket.io-protocol` v5; engine.io 6.6 and socket.io 4.8 for every check.
    public static let engineIO4: Revision = Revision(
        name: "4",
        address: { parts in
            guard parts.query("EIO") == "4" else { return nil }
            let sid = parts.query("sid")
            return Address(
                revision: .engineIO4,
                transport: parts.query("transport") ?? "",
                sid: sid?.isEmpty == true ? nil : sid,
                wantsBase64: parts.query("b64").map { !$0.isEmpty } ?? false
            )
        },
        makeCodec: { layer, limits in
            switch layer {
            case .engineIO: EngineIO4Codec()
            case .socketIO: SocketIO5Codec(maximumAttachments: limits.maximumAttachments)
            }
        },
        payload: EngineIO4Payload(),
        heartbeat: .serverPings,
        connectsImplicitly: false,
        hasSocketIdentifiers: true,
        refusal: EngineIORefusal.body(for:),
        postReply: PostReply(contentType: "text/html", body: ByteBuffer(string: "ok"))
    )
}
