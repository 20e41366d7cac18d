import NIOCore

/// The error bodies of Engine.IO: `{"code":1,"message":"Session ID unknown"}`.
///
/// Source: engine.io 6.6, `Server.errorMessages`.
enum EngineIORefusal {
    static func body(for refusal: Refusal, clients: String) -> RefusalBody {
        let (code, message) = codeAndMessage(of: refusal)
        var text = ByteBuffer(string: #"{"code":\#(code),"message":"#)
        JSONText.write(message, into: &text)
        if refusal == .unsupportedVersion {
            // Node.js sends only this; the reason is added for the developer who reads the response.
            text.writeStaticString(#","hint":"#)
            JSONText.write("\(clients) is turned off on this server", into: &text)
        }
        text.writeStaticString("}")
        return RefusalBody(
            status: code == 4 ? 403 : 400,
            contentType: "application/json",
            body: text,
            message: message
        )
    }

    private static func codeAndMessage(of refusal: Refusal) -> (Int, String) {
        switch refusal {
        case .unknownTransport: (0, "Transport unknown")
        case .unknownSession: (1, "Session ID unknown")
        case .badHandshakeMethod: (2, "Bad handshake method")
        case .badRequest: (3, "Bad request")
        case .forbidden(let message): (4, message.isEmpty ? "Forbidden" : message)
        case .unsupportedVersion: (5, "Unsupported protocol version")
        }
    }
}
