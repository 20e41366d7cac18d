import GustJSON
import NIOCore

/// The error bodies of Engine.IO: `{"code":0,"message":"Transport unknown"}`.
///
/// Source: engine.io 6.6, `Server.errorMessages`.
enum EngineIORefusal {
    static func body(for refusal: Refusal, clients: String) -> RefusalBody {
        var text = ByteBuffer(string: #"{"code":\#(refusal.code),"message":"#)
        JSONText.write(refusal.message, into: &text)
        // Node.js sends only these two members; clients ignore the third, which is for the developer who reads the response.
        let hint: String? =
            switch refusal {
            case .unsupportedVersion: "\(clients) is turned off on this server"
            case .unknownSession: Refusal.causesOfUnknownSession
            default: nil
            }
        if let hint {
            text.writeStaticString(#","hint":"#)
            JSONText.write(hint, into: &text)
        }
        text.writeStaticString("}")
        return RefusalBody(
            status: refusal.code == 4 ? 403 : 400,
            contentType: "application/json",
            body: text,
            message: refusal.message
        )
    }
}
