import GustHTTP
import NIOCore

/// Passes the bytes of an upgraded connection between the client and the node that has the session, unchanged.
///
/// What one side can't take yet isn't read from the other. The end of either side is the end of both, behind the bytes that it sent.
/// `@unchecked Sendable`: used on the loop of both connections only.
final class Splice: @unchecked Sendable {
    /// How long the client's connection may take to be handed over.
    private static let claimTime = TimeAmount.seconds(10)

    private let link: NodeLink
    private let node: ForwardingNode
    private var client: (any ByteConnection)?
    /// The bytes that followed the head of the response.
    private var rest: ByteBuffer
    private var isOver = false
    private var timer: Scheduled<Void>?

    init(_ link: NodeLink, _ rest: ByteBuffer, on eventLoop: any EventLoop, _ node: ForwardingNode) {
        self.link = link
        self.rest = rest
        self.node = node
        node.goesOn()
        link.user = NodeSide(self)
        link.connection.pauseReading()
        timer = eventLoop.scheduleTask(in: Self.claimTime) { [weak self] in
            // The client has left before its connection was handed over.
            self?.clientEnded()
        }
    }

    /// Takes the client's connection.
    func open(_ client: any ByteConnection) -> any ByteReceiver {
        timer?.cancel()
        timer = nil
        guard !isOver else {
            client.finish()
            return ClientSide(self)
        }
        self.client = client
        if rest.readableBytes > 0 { client.write(rest) }
        rest = ByteBuffer()
        if client.isWritable { link.connection.resumeReading() }
        return ClientSide(self)
    }

    private func nodeEnded() {
        guard end() else { return }
        client?.finish()
        client = nil
    }

    private func clientEnded() {
        guard end() else { return }
        link.connection.finish()
        client = nil
    }

    private func end() -> Bool {
        guard !isOver else { return false }
        isOver = true
        timer?.cancel()
        timer = nil
        link.user = nil
        node.ended()
        return true
    }

    /// Receives the bytes of the client.
    private final class ClientSide: ByteReceiver {
        private let splice: Splice

        init(_ splice: Splice) { self.splice = splice }

        func receive(_ bytes: ByteBuffer) {
            let connection = splice.link.connection
            connection.write(bytes)
            if !connection.isWritable { splice.client?.pauseReading() }
        }

        func writabilityChanged(isWritable: Bool) {
            if isWritable { splice.link.connection.resumeReading() } else { splice.link.connection.pauseReading() }
        }

        func closed() { splice.clientEnded() }
    }

    /// Receives the bytes of the node.
    private final class NodeSide: ByteReceiver {
        private let splice: Splice

        init(_ splice: Splice) { self.splice = splice }

        func receive(_ bytes: ByteBuffer) {
            guard let client = splice.client else {
                // Read before the pause.
                splice.rest.writeImmutableBuffer(bytes)
                return
            }
            client.write(bytes)
            if !client.isWritable { splice.link.connection.pauseReading() }
        }

        func writabilityChanged(isWritable: Bool) {
            if isWritable { splice.client?.resumeReading() } else { splice.client?.pauseReading() }
        }

        func closed() { splice.nodeEnded() }
    }
}
