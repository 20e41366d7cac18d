import GustClient
import GustWire
import NIOCore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Shows each frame with what it means: `websocket → 42["hello",1]   EVENT hello of /`.
final class PacketTracer: Sendable {
    private static let shown = 2_000

    private let codecs: Mutex<[TracedFrame.Direction: any Codec]>
    private let start = ContinuousClock.now

    init(_ revision: Revision, _ parser: PacketParser) {
        var limits = PayloadLimits()
        limits.maximumAttachments = 1_000
        limits.parser = parser
        codecs = Mutex([
            .sent: revision.makeCodec(.socketIO, limits), .received: revision.makeCodec(.socketIO, limits),
        ])
    }

    func show(_ frame: TracedFrame) {
        let arrow = frame.direction == .sent ? "→" : "←"
        let text =
            frame.isText
            ? String(decoding: frame.bytes.readableBytesView.prefix(Self.shown), as: UTF8.self)
            : "<\(frame.bytes.readableBytes) bytes>"
        let time = Self.seconds(ContinuousClock.now - start)
        Output.note("\(time) \(frame.transport) \(arrow) \(text)   \(meaning(of: frame))")
    }

    private static func seconds(_ time: Duration) -> String {
        let milliseconds = time / .milliseconds(1)
        let text = String(Int(milliseconds))
        let padded = String(repeating: "0", count: max(0, 4 - text.utf8.count)) + text
        return "\(padded.dropLast(3)).\(padded.suffix(3))"
    }

    private func meaning(of frame: TracedFrame) -> String {
        codecs.withLock { codecs in
            guard var codec = codecs[frame.direction] else { return "" }
            var words: [String] = []
            do {
                try codec.decode(frame.isText ? .text(frame.bytes) : .binary(frame.bytes)) {
                    words.append(Self.word($0))
                }
            } catch {
                words.append("can't be read: \(error)")
            }
            codecs[frame.direction] = codec
            return words.isEmpty ? "(an attachment follows)" : words.joined(separator: ", ")
        }
    }

    private static func word(_ packet: Packet) -> String {
        switch packet {
        case .open: "OPEN"
        case .close: "CLOSE"
        case .ping(let isProbe): isProbe ? "PING (probe)" : "PING"
        case .pong(let isProbe): isProbe ? "PONG (probe)" : "PONG"
        case .upgrade: "UPGRADE"
        case .noop: "OPEN or NOOP"
        case .connect(let namespace, _, _): "CONNECT \(namespace)"
        case .disconnect(let namespace): "DISCONNECT \(namespace ?? "all")"
        case .connectError(let namespace, _): "CONNECT_ERROR \(namespace)"
        case .event(let namespace, let id, let name, let arguments):
            "EVENT \(name) of \(namespace)" + (id.map { ", acknowledge \($0)" } ?? "")
                + (arguments.attachments.isEmpty ? "" : ", \(arguments.attachments.count) attachments")
        case .acknowledgement(let namespace, let id, _): "ACK \(id) of \(namespace)"
        case .message(let namespace, _, _): "MESSAGE of \(namespace)"
        case .receiptRequest(_, let id): "acknowledge \(id) at once"
        }
    }
}
