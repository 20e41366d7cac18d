import NIOCore

/// The refusals of 0.6: any status but 200 makes the client disconnect and begin anew.
///
/// Not as the reference, which closes the connection without a response (LearnBoost/socket.io 0.6.17, `lib/socket.io/listener.js`).
enum SocketIO06Refusal {
    static func body(for refusal: Refusal) -> RefusalBody {
        switch refusal {
        case .unknownSession: text(404, "unknown session")
        case .unknownTransport: text(404, "transport not supported")
        case .badHandshakeMethod: text(405, "bad handshake method")
        case .badRequest: text(400, "bad request")
        case .forbidden: text(403, "unauthorized")
        case .unsupportedVersion: text(404, "unsupported protocol version")
        }
    }

    private static func text(_ status: Int, _ message: String) -> RefusalBody {
        RefusalBody(
            status: status,
            contentType: "text/plain; charset=UTF-8",
            body: ByteBuffer(string: message),
            message: message
        )
    }
}
