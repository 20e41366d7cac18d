import NIOCore

extension Revision {
    /// Socket.IO 0.7 to 0.9, "protocol 1".
    ///
    /// Source: `socket.io-spec`; socket.io 0.9.19 and socket.io-client 0.9.17.
    public static let socketIO09: Revision = Revision(
        name: "0.9",
        transports: [
            .webSocket(), .webSocket("flashsocket"),
            .scriptStreaming(
                "htmlfile",
                ScriptElements(
                    markup: "<html><body><script>var _ = function (msg) { parent.s._(msg, document); };</script>",
                    prefix: "<script>_(",
                    suffix: ");</script>"
                )
            ),
            .polling("xhr-polling"), .scriptPolling("jsonp-polling", .socketIO09),
        ],
        address: SocketIO09Address.address(_:),
        makeCodec: { _, _ in SocketIO09Codec() },
        payload: SocketIO09Payload(),
        callback: .socketIO09,
        posted: SocketIO09Form.payload(_:isJSONP:),
        heartbeat: .serverPings,
        timing: RevisionTiming(
            pingInterval: .seconds(25),
            pingTimeout: .seconds(60),
            pingsWhilePolling: false,
            pollDuration: .seconds(20),
            closeTimeout: .seconds(60),
            handshakeTimeout: .seconds(30)
        ),
        rules: ConnectionRules(
            outlivesPolls: true,
            repliesFirst: true,
            dropsStrayPackets: true,
            rootIsSession: true,
            judgesReferrer: true,
            disarmsScriptFilter: true
        ),
        connectsImplicitly: true,
        socketIdentifiers: .session,
        refusal: SocketIO09Refusal.body(for:),
        postReply: PostReply(contentType: "text/plain; charset=UTF-8", body: ByteBuffer(string: "1")),
        announcesClose: true,
        handshakeReply: SocketIO09Handshake.reply(to:)
    )
}

extension ScriptCallback {
    /// The call of 0.7 to 0.9: `io.j[0]("…");`.
    static let socketIO09 = ScriptCallback(
        prefix: "io.j[",
        middle: "](",
        contentType: "text/javascript; charset=UTF-8"
    )
}
