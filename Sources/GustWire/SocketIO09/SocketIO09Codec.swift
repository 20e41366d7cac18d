import GustJSON
import NIOCore

/// Packets of Socket.IO 0.7 to 0.9: `<type>:<id>[+]:<endpoint>[:<data>]`, one in a frame.
///
/// The endpoint "" is the namespace `/`. Bytes have no place on this wire: attachments are sent as base64 strings.
/// Source: `socket.io-spec` protocol 1; socket.io 0.9.19, `lib/parser.js`.
struct SocketIO09Codec: Codec {
    private let heartbeats = Heartbeats()

    func decode(_ frame: Frame, _ body: (consuming Packet) -> Void) throws(WireError) {
        guard case .text(let text) = frame else { throw WireError(.unexpectedFrame) }
        let fields = try SocketIO09Fields(text)
        let namespace = fields.endpoint.isEmpty ? "/" : fields.endpoint
        switch fields.type {
        case UInt8(ascii: "0"):
            body(.disconnect(namespace: fields.endpoint.isEmpty ? nil : namespace))
        case UInt8(ascii: "1"):
            body(.connect(namespace: namespace, query: fields.query, payload: nil))
        case UInt8(ascii: "2"):
            body(heartbeats.packet(for: heartbeats.sent))
        case UInt8(ascii: "3"):
            receive(.text(String(buffer: fields.data)), fields, namespace, body)
        case UInt8(ascii: "4"):
            let json = try checked(fields) { data throws(WireError) in try JSONSlice(received: data) }
            receive(.json(json), fields, namespace, body)
        case UInt8(ascii: "5"):
            let event = try checked(fields) { data throws(WireError) in try SocketIO09Event(data) }
            requestReceipt(fields, namespace, body)
            // As by the reference, a client can't end its own connection by this packet.
            guard event.name != "disconnect" else { return body(.noop) }
            body(
                .event(
                    namespace: namespace,
                    id: fields.wantsData ? fields.id : nil,
                    name: event.name,
                    arguments: event.arguments
                )
            )
        case UInt8(ascii: "6"):
            let answer = try checked(fields) { data throws(WireError) in try SocketIO09Answer(data) }
            body(.acknowledgement(namespace: namespace, id: answer.id, arguments: answer.arguments))
        case UInt8(ascii: "7"):
            var reason = ByteBuffer(string: #"{"message":"#)
            JSONText.write(String(buffer: fields.data), into: &reason)
            reason.writeStaticString("}")
            body(.connectError(namespace: namespace, payload: JSONSlice(trusted: reason)))
        default:
            body(.noop)
        }
    }

    func encode(_ packet: Packet, into buffer: inout ByteBuffer) -> Bool {
        switch packet {
        case .open: heartbeats.isServer = true
        case .ping: heartbeats.sent = 1
        default: break
        }
        SocketIO09Writer.write(packet, into: &buffer)
        return false
    }

    func attachments(of packet: Packet) -> [ByteBuffer] { [] }

    func frame(attachment: ByteBuffer) -> Frame { .binary(attachment) }

    private func receive(
        _ message: Message,
        _ fields: SocketIO09Fields,
        _ namespace: String,
        _ body: (consuming Packet) -> Void
    ) {
        requestReceipt(fields, namespace, body)
        body(.message(namespace: namespace, id: fields.wantsData ? fields.id : nil, message))
    }

    /// An id without `+` asks for an acknowledgement as soon as the packet has been received, before its handlers are called.
    private func requestReceipt(_ fields: SocketIO09Fields, _ namespace: String, _ body: (consuming Packet) -> Void) {
        guard let id = fields.id, !fields.wantsData else { return }
        body(.receiptRequest(namespace: namespace, id: id))
    }

    /// The same error, with an offset from the beginning of the frame.
    private func checked<Value>(
        _ fields: SocketIO09Fields,
        _ body: (ByteBuffer) throws(WireError) -> Value
    ) throws(WireError) -> Value {
        do throws(WireError) {
            return try body(fields.data)
        } catch {
            throw WireError(error.problem, at: error.offset + fields.dataOffset)
        }
    }
}
