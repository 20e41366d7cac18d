#if TLS
import NIOCore

/// Looks at the headers of the frames that a client sends, to know whether a head has been received in part.
///
/// SwiftNIO reports a head only when its last `CONTINUATION` frame has been received, so a client could send a head slowly without
/// end. The payloads aren't looked at.
final class HTTP2HeadWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private static let prefaceLength = 24
    private static let headerLength = 9
    private static let headers: UInt8 = 1
    private static let continuation: UInt8 = 9
    private static let endHeaders: UInt8 = 4

    /// How many bytes of the preface or of a payload follow.
    private var skipping = HTTP2HeadWatch.prefaceLength
    /// The first bytes of a frame's header, if it was received in part.
    private var header: [UInt8] = []
    /// Whether the present frame is the last of a head; nil if the frame isn't one of a head.
    private var endsHead: Bool?
    /// Whether a part of a head has been received.
    private(set) var isInsideHead = false
    private let changed: (Bool) -> Void

    /// - Parameter changed: Called at the end of a read with ``isInsideHead``, if it has changed.
    init(_ changed: @escaping (Bool) -> Void) {
        self.changed = changed
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        let wasInsideHead = isInsideHead
        bytes.withUnsafeReadableBytes { look($0) }
        context.fireChannelRead(data)
        if isInsideHead != wasInsideHead { changed(isInsideHead) }
    }

    private func look(_ bytes: UnsafeRawBufferPointer) {
        var position = 0
        while position < bytes.count {
            if skipping > 0 {
                let skipped = min(skipping, bytes.count - position)
                skipping -= skipped
                position += skipped
                if skipping == 0 { endPayload() }
            } else if header.isEmpty, bytes.count - position >= Self.headerLength {
                read(UnsafeRawBufferPointer(rebasing: bytes[position...]))
                position += Self.headerLength
            } else {
                header.append(bytes[position])
                position += 1
                guard header.count == Self.headerLength else { continue }
                header.withUnsafeBytes { read($0) }
                header.removeAll()
            }
        }
    }

    private func read(_ header: UnsafeRawBufferPointer) {
        skipping = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
        if header[3] == Self.headers || header[3] == Self.continuation {
            isInsideHead = true
            endsHead = header[4] & Self.endHeaders != 0
        }
        if skipping == 0 { endPayload() }
    }

    private func endPayload() {
        if endsHead == true { isInsideHead = false }
        endsHead = nil
    }
}
#endif
