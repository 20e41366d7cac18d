import GustHTTP
import GustSocketIO
import HTTPTypes
import NIOCore

/// Writes the response of another node to the client.
final class WriterSink: ForwardedSink {
    /// Bodies up to this length are sent in one write with their head.
    private static let maximumHeld = 16 * 1_024

    private let writer: any ResponseWriter
    private let call: ForwardedCall
    private var held = ByteBuffer()
    private var hasBegun = false

    init(_ writer: any ResponseWriter, _ call: ForwardedCall) {
        self.writer = writer
        self.call = call
    }

    var isWritable: Bool { writer.isWritable }

    func begin(_ status: HTTPResponse.Status, _ fields: HTTPFields, _ lines: ByteBuffer) {
        hasBegun = true
        writer.status = status
        merge(fields)
    }

    /// Adds the fields of the other node to those that the middleware of this node has set.
    private func merge(_ fields: HTTPFields) {
        var headers = writer.headers
        for field in fields {
            if field.name == .setCookie || field.name == .vary {
                headers.append(field)
            } else {
                headers[field.name] = field.value
            }
        }
        writer.headers = headers
    }

    func write(_ bytes: ByteBuffer) {
        held.writeImmutableBuffer(bytes)
        guard held.readableBytes > Self.maximumHeld else { return }
        let piece = held
        held = ByteBuffer()
        writer.write(piece)
    }

    func finish() {
        forget()
        writer.finish(held)
    }

    func upgrade(_ link: NodeLink, _ rest: ByteBuffer) {
        // A node answers 101 to a handshake only.
        link.connection.abort()
        hasBegun = false
        fail()
    }

    func fail() {
        forget()
        guard !hasBegun else { return writer.abort() }
        let response = call.unknown()
        writer.status = response.status
        merge(response.headers)
        guard case .bytes(let body) = response.body else { return writer.finish() }
        writer.finish(body)
    }

    private func forget() {
        writer.onAbort = nil
        writer.onWritable = nil
    }
}
