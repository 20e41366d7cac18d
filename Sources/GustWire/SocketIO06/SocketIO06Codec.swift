import GustJSON
import NIOCore

/// Messages of Socket.IO 0.6: any number of `~m~<length>~m~<body>` in a frame, `length` in UTF-16 code units.
///
/// A body is text as it is, `~j~` and JSON, or `~h~` and the number of a heartbeat. There are no events, namespaces,
/// acknowledgements or bytes (LearnBoost/socket.io 0.6.17, `lib/socket.io/utils.js`). What has no word of its own is said as follows:
///
/// - an event is the JSON object `{"name":"…","args":[…]}`, but `message` with one argument is that message;
/// - bytes are base64 text, or strings of it within JSON;
/// - an acknowledgement, a refusal and the joining or leaving of a namespace are not said.
///
/// A text that begins with `~j~` or `~h~` is taken for JSON or a heartbeat by every client: this generation has no escape.
struct SocketIO06Codec: Codec {
    private let maximumPackets: Int
    private let heartbeats = Heartbeats()

    init(maximumPackets: Int) {
        self.maximumPackets = maximumPackets
    }

    func decode(_ frame: Frame, _ body: (consuming Packet) -> Void) throws(WireError) {
        guard case .text(let text) = frame else { throw WireError(.unexpectedFrame) }
        var position = 0
        var count = 0
        while position < text.readableBytes {
            count += 1
            guard count <= maximumPackets else { throw WireError(.tooManyPackets, at: position) }
            let range = text.withUnsafeReadableBytes { SocketIO06Framing.body(in: $0, at: position) }
            guard let range, let bytes = text.slice(range) else { throw WireError(.malformed, at: position) }
            position = range.upperBound
            do throws(WireError) {
                body(try packet(bytes))
            } catch {
                throw WireError(error.problem, at: error.offset + range.lowerBound)
            }
        }
    }

    private func packet(_ bytes: ByteBuffer) throws(WireError) -> Packet {
        let view = bytes.readableBytesView
        let marker = 3
        if view.starts(with: "~j~".utf8) {
            guard let text = bytes.slice(marker..<bytes.readableBytes) else { throw WireError(.malformed) }
            do throws(WireError) {
                return .message(namespace: "/", id: nil, .json(try JSONSlice(received: text)))
            } catch {
                throw WireError(error.problem, at: error.offset + marker)
            }
        }
        if view.starts(with: "~h~".utf8) {
            let digits = view.dropFirst(marker)
            guard digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
                let number = Int(String(decoding: digits, as: UTF8.self))
            else { throw WireError(.malformed, at: marker) }
            return heartbeats.packet(for: number)
        }
        return .message(namespace: "/", id: nil, .text(String(buffer: bytes)))
    }

    func encode(_ packet: Packet, into buffer: inout ByteBuffer) -> Bool {
        switch packet {
        case .open(let handshake):
            heartbeats.isServer = true
            SocketIO06Framing.write(handshake.sid, into: &buffer)
        case .ping:
            heartbeats.sent += 1
            SocketIO06Framing.write("~h~\(heartbeats.sent)", into: &buffer)
        case .pong:
            SocketIO06Framing.write("~h~\(heartbeats.received)", into: &buffer)
        case .message(_, _, let message):
            write(message, into: &buffer)
        case .event(_, _, let name, let arguments):
            if name == "message", arguments.count == 1 {
                write(messageArgument: arguments, into: &buffer)
                return false
            }
            var json = ByteBuffer(string: #"{"name":"#)
            JSONText.write(name, into: &json)
            json.writeStaticString(#","args":["#)
            json.writeImmutableBuffer(AttachmentText.inline(arguments))
            json.writeStaticString("]}")
            SocketIO06Framing.write(json: json, into: &buffer)
        case .close, .upgrade, .noop, .connect, .disconnect, .connectError, .acknowledgement, .receiptRequest:
            break
        }
        return false
    }

    private func write(_ message: Message, into buffer: inout ByteBuffer) {
        switch message {
        case .text(let text): SocketIO06Framing.write(text, into: &buffer)
        case .json(let json): SocketIO06Framing.write(json: json.bytes, into: &buffer)
        case .binary(let bytes):
            SocketIO06Framing.write(String(decoding: AttachmentText.base64(bytes), as: UTF8.self), into: &buffer)
        }
    }

    private func write(messageArgument arguments: Arguments, into buffer: inout ByteBuffer) {
        let text = AttachmentText.inline(arguments)
        if let string = text.withUnsafeReadableBytes({ JSONStringReader.read($0) }) {
            SocketIO06Framing.write(string, into: &buffer)
        } else {
            SocketIO06Framing.write(json: text, into: &buffer)
        }
    }

    func attachments(of packet: Packet) -> [ByteBuffer] { [] }

    func frame(attachment: ByteBuffer) -> Frame { .binary(attachment) }
}
