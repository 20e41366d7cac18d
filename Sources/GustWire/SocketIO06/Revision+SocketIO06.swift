import NIOCore

extension Revision {
    /// Socket.IO 0.5 and 0.6.
    ///
    /// Source: LearnBoost/socket.io 0.6.17 and its client 0.6.3.
    public static let socketIO06: Revision = Revision(
        name: "0.6",
        transports: [
            .webSocket(), .webSocket("flashsocket"),
            .scriptStreaming(
                "htmlfile",
                ScriptElements(
                    markup: "<html><body>",
                    prefix: "<script>parent.s._(",
                    suffix: ", document);</script>"
                )
            ),
            .multipartStreaming("xhr-multipart"), .polling("xhr-polling"),
            .scriptPolling("jsonp-polling", .socketIO06),
        ],
        address: SocketIO06Address.address(_:),
        makeCodec: { _, limits in SocketIO06Codec(maximumPackets: limits.maximumPackets) },
        payload: SocketIO06Payload(),
        callback: .socketIO06,
        posted: SocketIO06Form.payload(_:isJSONP:),
        heartbeat: .serverPings,
        timing: RevisionTiming(
            pingInterval: .seconds(10),
            pingTimeout: .seconds(8),
            pingsWhilePolling: false,
            pollDuration: .seconds(20),
            closeTimeout: .seconds(8)
        ),
        rules: ConnectionRules(
            hasEvents: false,
            outlivesPolls: true,
            repliesFirst: true,
            dropsStrayPackets: true,
            rootIsSession: true,
            admitsFirst: true,
            judgesReferrer: true,
            hasPlainIdentifiers: true,
            // A client whose session ends while its `POST` is unanswered never sends again (socket.io-client 0.6.3, `transports/xhr.js`).
            closingDelay: .milliseconds(100)
        ),
        connectsImplicitly: true,
        socketIdentifiers: .session,
        refusal: SocketIO06Refusal.body(for:),
        postReply: PostReply(contentType: "text/plain", body: ByteBuffer(string: "ok")),
        announcesClose: false,
        handshakeReply: nil
    )
}

extension ScriptCallback {
    /// The call of 0.6: `io.JSONP[0]._("…");`.
    static let socketIO06 = ScriptCallback(
        prefix: "io.JSONP[",
        middle: "]._(",
        contentType: "text/javascript; charset=UTF-8"
    )
}
