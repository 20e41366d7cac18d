import NIOCore

extension Revision {
    /// Socket.IO 0.5 and 0.6.
    ///
    /// Source: LearnBoost/socket.io 0.6.17 and its client 0.6.3.
    public static let socketIO06: Revision = Revision(
        name: "0.6",
        transports: ["websocket", "flashsocket", "htmlfile", "xhr-multipart", "xhr-polling", "jsonp-polling"],
        address: SocketIO06Address.address(_:),
        makeCodec: { _, limits in SocketIO06Codec(maximumPackets: limits.maximumPackets) },
        payload: SocketIO06Payload(),
        wrapping: Wrapping(
            jsonpOpening: "io.JSONP[",
            jsonpMiddle: "]._(",
            jsonpContentType: "text/javascript; charset=UTF-8",
            script: Wrapping.Script(
                markup: "<html><body>",
                prefix: "<script>parent.s._(",
                suffix: ", document);</script>"
            ),
            multipart: Wrapping.Multipart.random,
            posted: SocketIO06Form.payload(_:isJSONP:)
        ),
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
