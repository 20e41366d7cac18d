import NIOCore

/// The refusals of 0.9.
///
/// Source: socket.io 0.9.19, `lib/manager.js` (`handleHandshake`).
enum SocketIO09Refusal {
    static func body(for refusal: Refusal) -> RefusalBody {
        switch refusal {
        case .unknownSession:
            // The error "client not handshaken" with the advice "reconnect": the client makes a new handshake.
            RefusalBody(
                status: 200,
                contentType: "text/plain; charset=UTF-8",
                body: ByteBuffer(string: "7:::1+0"),
                message: "client not handshaken",
                isPayload: true
            )
        case .unknownTransport: text(404, "transport not supported")
        case .badHandshakeMethod: text(405, "bad handshake method")
        case .badRequest: text(400, "bad request")
        case .forbidden: text(403, "handshake unauthorized")
        case .unsupportedVersion: text(500, "Protocol version not supported.")
        }
    }

    private static func text(_ status: Int, _ message: String) -> RefusalBody {
        RefusalBody(status: status, contentType: "text/plain", body: ByteBuffer(string: message), message: message)
    }
}
