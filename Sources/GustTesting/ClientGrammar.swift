import GustJSON
import GustWire
import NIOCore

/// The URLs and bodies of the requests of a revision's clients: the client's half of the grammar that `Revision` reads.
struct ClientGrammar: Sendable {
    /// How a client receives the sid of its connection.
    enum Greeting: Sendable {
        /// In the `OPEN` packet on the transport (1.x and later).
        case packet
        /// In the response to a handshake over HTTP, before a transport is opened (0.9).
        case request
        /// In the first message on the transport (0.6).
        case message
    }

    let greeting: Greeting
    /// The target of a `GET` or an upgrade.
    let get: @Sendable (_ path: String, _ transport: TestTransport, _ sid: String?) -> String
    /// The target of a `POST`.
    let post: @Sendable (_ path: String, _ transport: TestTransport, _ sid: String) -> String
    /// A payload as the body of a `POST`.
    let body: @Sendable (_ payload: ByteBuffer, _ transport: TestTransport) -> ByteBuffer

    /// The grammar of a revision.
    static func of(_ revision: Revision) -> ClientGrammar {
        grammars[revision] ?? engineIO(revision)
    }

    /// The grammars of the revisions whose paths name the transport.
    private static let grammars: [Revision: ClientGrammar] = [.socketIO09: socketIO09, .socketIO06: socketIO06]

    private static func engineIO(_ revision: Revision) -> ClientGrammar {
        let target = { @Sendable (path: String, transport: TestTransport, sid: String?) in
            let session = sid.map { "&sid=\($0)" } ?? ""
            let form =
                switch transport {
                case .jsonp: "&j=7"
                case .base64Polling: "&b64=1"
                default: ""
                }
            return "\(path)/?EIO=\(revision.name)&transport=\(transport.first)\(form)\(session)"
        }
        return ClientGrammar(
            greeting: .packet,
            get: target,
            post: { target($0, $1, $2) },
            body: { payload, transport in
                guard transport == .jsonp else { return payload }
                // engine.io-client escapes newlines, because the encoding of the form would change them.
                var text = String(buffer: payload)
                // Most texts have no newline, and replacing is slow for long texts.
                if text.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\n") }) {
                    text = text.replacingBytes("\\n", with: "\\\\n").replacingBytes("\n", with: "\\n")
                }
                return FormText.field("d", text)
            }
        )
    }

    private static let socketIO09 = ClientGrammar(
        greeting: .request,
        get: { path, transport, sid in
            guard let sid else { return "\(path)/1/?t=1290000000000" }
            let index = transport == .jsonpPolling ? "&i=7" : ""
            return "\(path)/1/\(transport.rawValue)/\(sid)?t=1290000000000\(index)"
        },
        post: { path, transport, sid in
            let index = transport == .jsonpPolling ? "&i=7" : ""
            return "\(path)/1/\(transport.rawValue)/\(sid)?t=1290000000000\(index)"
        },
        body: { payload, transport in
            guard transport == .jsonpPolling else { return payload }
            var literal = ByteBuffer()
            JSONText.write(String(buffer: payload), into: &literal)
            return FormText.field("d", String(buffer: literal))
        }
    )

    private static let socketIO06 = ClientGrammar(
        greeting: .message,
        get: { path, transport, sid in
            switch transport {
            case .webSocket, .flashSocket, .multipart: "\(path)/\(transport.rawValue)/\(sid ?? "")"
            case .jsonpPolling: "\(path)/\(transport.rawValue)/\(sid ?? "")/1290000000000/7"
            default: "\(path)/\(transport.rawValue)/\(sid ?? "")/1290000000000"
            }
        },
        post: { path, transport, sid in
            let last = transport == .jsonpPolling ? "1290000000000/7" : "send"
            return "\(path)/\(transport.rawValue)/\(sid)/\(last)"
        },
        body: { payload, transport in
            let text = String(buffer: payload)
            // A form sends each newline as CR LF, although the lengths in the payload count it as one character.
            guard transport == .jsonpPolling, text.utf8.contains(UInt8(ascii: "\n")) else {
                return FormText.field("data", text)
            }
            let lines = text.replacingBytes("\r\n", with: "\n")
            return FormText.field("data", lines.replacingBytes("\n", with: "\r\n"))
        }
    )
}

extension String {
    /// Replaces text by bytes; as a `Character`, `\r\n` doesn't contain `\n`.
    fileprivate func replacingBytes(_ old: String, with new: String) -> String {
        String(decoding: Array(utf8).replacing(Array(old.utf8), with: Array(new.utf8)), as: UTF8.self)
    }
}
