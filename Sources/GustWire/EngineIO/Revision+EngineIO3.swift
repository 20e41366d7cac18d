import NIOCore

extension Revision {
    /// Engine.IO 3 with Socket.IO protocol 4: socket.io-client 1.x and 2.x, and Engine.IO 2 where that differs in nothing
    /// a server sees.
    ///
    /// Source: `engine.io-protocol` v3, `socket.io-protocol` v4; engine.io 6.6 with `allowEIO3` for every check.
    public static let engineIO3 = engineIO3(.standard)
    private static let engineIO3OfPages = engineIO3(.page)
    private static let engineIO3OfEarlyPages = engineIO3(.earlyPage)

    private static func engineIO3(_ dialect: EngineIO3Dialect) -> Revision {
        Revision(
            name: "3",
            transports: .engineIO,
            address: { parts in
                // Anything but 4, and its absence, means 3 (engine.io 6.6, `lib/server.ts`).
                guard EngineIOAddress.isMine(parts), parts.query.engineIO != .four else { return nil }
                let revision =
                    switch EngineIO3Dialect(timestamp: parts.query.stamp) {
                    case .standard: engineIO3
                    case .page: engineIO3OfPages
                    case .earlyPage: engineIO3OfEarlyPages
                    }
                return EngineIOAddress.address(parts, revision)
            },
            makeCodec: { layer, limits in
                switch layer {
                case .engineIO: EngineIO3Codec()
                case .socketIO: SocketIO4Codec(limits)
                }
            },
            payload: EngineIO3Payload(dialect: dialect),
            callback: .engineIO,
            posted: EngineIO3Form.payload(_:isJSONP:),
            heartbeat: .clientPings,
            timing: .engineIO,
            rules: .engineIO,
            connectsImplicitly: true,
            socketIdentifiers: .namespaced,
            refusal: { EngineIORefusal.body(for: $0, clients: "revision 3 (socket.io-client 1.x and 2.x)") },
            postReply: PostReply(contentType: "text/html", body: ByteBuffer(string: "ok")),
            announcesClose: false,
            handshakeReply: nil
        )
    }
}
