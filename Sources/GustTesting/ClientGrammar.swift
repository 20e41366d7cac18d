import GustWire
import NIOCore

/// What a client of a generation puts into its requests: the other half of a revision's URL grammar, forms and dresses.
struct ClientGrammar: Sendable {
    /// Where a client first hears of its session.
    enum Greeting: Sendable {
        /// In a packet of its own on the transport (1.x and later).
        case packet
        /// In an answer over HTTP before there is a transport (0.9).
        case request
        /// In the first message (0.6).
        case message
    }

    let greeting: Greeting
    /// The target of a `GET` or an upgrade.
    let get: @Sendable (_ path: String, _ transport: TestTransport, _ sid: String?) -> String
    /// The target of a `POST`.
    let post: @Sendable (_ path: String, _ transport: TestTransport, _ sid: String) -> String
    /// A payload as the body of a `POST`.
    let body: @Sendable (_ payload: ByteBuffer, _ transport: TestTransport) -> ByteBuffer

    /// The grammar of a generation.
    static func of(_ revision: Revision) -> ClientGrammar {
        grammars[revision] ?? engineIO(revision)
    }

    /// Those of the generations that say in the path what they want.
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
                // engine.io-client hides newlines from the form, which would change them.
                var text = String(buffer: payload)
                // Most texts have none, and long ones take their time.
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
            // A form sends every newline as CR LF, though the lengths were counted before.
            guard transport == .jsonpPolling, text.utf8.contains(UInt8(ascii: "\n")) else {
                return FormText.field("data", text)
            }
            let lines = text.replacingBytes("\r\n", with: "\n")
            return FormText.field("data", lines.replacingBytes("\n", with: "\r\n"))
        }
    )
}

extension String {
    /// This text with other bytes in the place of some: as Characters, `\r\n` has no `\n`.
    fileprivate func replacingBytes(_ old: String, with new: String) -> String {
        String(decoding: Array(utf8).replacing(Array(old.utf8), with: Array(new.utf8)), as: UTF8.self)
    }
}
