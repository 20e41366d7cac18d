import GustHTTP
import GustServer
import GustSocketIO
import HTTPTypes
import NIOCore

/// What becomes of the response of another node; used on the loop of the request.
protocol ForwardedSink: AnyObject {
    /// Whether the client takes more of the response.
    var isWritable: Bool { get }
    /// Takes the head; `lines` are its bytes without the empty line.
    func begin(_ status: HTTPResponse.Status, _ fields: HTTPFields, _ lines: ByteBuffer)
    /// Takes bytes of the body.
    func write(_ bytes: ByteBuffer)
    /// Ends the response.
    func finish()
    /// Takes the link of a connection that has been upgraded, with the bytes that followed the head.
    func upgrade(_ link: NodeLink, _ rest: ByteBuffer)
    /// Called in place of ``finish()`` if the node is gone, or doesn't answer as it must.
    func fail()
}

/// One request that is forwarded: takes a link, sends the request, and reads the response.
///
/// Each step has a deadline. `@unchecked Sendable`: used on the loop of the request only.
final class ForwardedExchange: ByteReceiver, @unchecked Sendable {
    /// How long the node may take to send the next bytes of a body.
    private static let bodyTimeout = TimeAmount.seconds(30)

    private let node: ForwardingNode
    private let links: LoopLinks
    private let call: ForwardedCall
    private let tag: String
    /// nil once the exchange is over.
    private var sink: (any ForwardedSink)?
    private var link: NodeLink?
    private var reader = HTTPResponseReader()
    private var input = ByteBuffer()
    private var timer: Scheduled<Void>?
    private var hasHead = false

    init(_ node: ForwardingNode, _ links: LoopLinks, _ call: ForwardedCall, to tag: String, _ sink: any ForwardedSink) {
        self.node = node
        self.links = links
        self.call = call
        self.tag = tag
        self.sink = sink
        node.began()
        if call.isPoll { links.begin(self) }
    }

    /// Takes a link and sends the request; `body` is nil for a request without a body.
    func begin(_ body: ByteBuffer?) {
        expect(within: node.connectTimeout + .seconds(1))
        links.take(to: tag) { [self] link in
            guard let link else { return fail("a node that has the connection of a client isn't there") }
            guard sink != nil else { return links.giveBack(link) }
            self.link = link
            link.user = self
            send(body, on: link)
        }
    }

    private func send(_ body: ByteBuffer?, on link: NodeLink) {
        var fields = ForwardedHead.fields(of: call, bodyLength: body?.readableBytes)
        let origin = ForwardedOrigin(
            link: link.name,
            sequence: link.nextSequence(),
            milliseconds: node.now(),
            from: node.tag,
            to: tag,
            tailLength: call.tail.utf8.count,
            peer: call.request.peer
        )
        node.proof.sign(origin, call.request.method, call.request.target, &fields)
        var bytes = ByteBuffer()
        ForwardedHead.write(call.request.method, call.request.target, fields, into: &bytes)
        if let body { bytes.writeImmutableBuffer(body) }
        expect(within: call.deadline)
        link.connection.write(bytes)
    }

    /// Ends the exchange because the client has left.
    func cancel() {
        guard sink != nil else { return }
        end()
        // The node detects the end of the request by the end of the link.
        link?.connection.abort()
        link = nil
    }

    /// Goes on after ``ForwardedSink/isWritable`` was `false`.
    func resume() {
        guard sink != nil, let link else { return }
        expect(within: Self.bodyTimeout)
        link.connection.resumeReading()
    }

    /// Asks the node, on another link, to answer the poll now, because the connection of its client will end.
    ///
    /// The session lives on, as if the poll had been answered by a packet without meaning.
    func release() {
        guard sink != nil, !hasHead, call.isPoll else { return }
        var call = call
        call.request.method = .release
        ForwardedExchange(node, links, call, to: tag, ReleaseSink()).begin(nil)
    }

    // MARK: ByteReceiver

    func receive(_ bytes: ByteBuffer) {
        input.writeImmutableBuffer(bytes)
        do throws(HTTPParseError) {
            while sink != nil, let part = try reader.next(&input) { take(part) }
        } catch {
            fail("a node sent a response that can't be read", "\(error.message)")
        }
        if input.readableBytes == 0 { input = ByteBuffer() }
    }

    func writabilityChanged(isWritable: Bool) {}

    func closed() {
        link = nil
        if hasHead, reader.mayEnd {
            let sink = sink
            end()
            sink?.finish()
        } else {
            fail("a node ended its link before its response")
        }
    }

    private func take(_ part: HTTPResponseReader.Part) {
        switch part {
        case .head(let status, let fields, let lines):
            if let reason = fields[ForwardingProof.refusalName] {
                return fail("a node refused a request that was forwarded", reason)
            }
            hasHead = true
            expect(within: Self.bodyTimeout)
            sink?.begin(status, ForwardedHead.endToEnd(fields), lines)
            if status.code == 101 { handOver() }
        case .body(let bytes):
            guard let sink else { return }
            expect(within: Self.bodyTimeout)
            sink.write(bytes)
            if !sink.isWritable {
                timer?.cancel()
                link?.connection.pauseReading()
            }
        case .end(let isReusable):
            let sink = sink
            let link = link
            end()
            self.link = nil
            if let link {
                link.connection.resumeReading()
                if isReusable, input.readableBytes == 0 { links.giveBack(link) } else { link.connection.finish() }
            }
            sink?.finish()
        }
    }

    private func handOver() {
        guard let link, let sink else { return }
        self.link = nil
        let rest = input
        input = ByteBuffer()
        end()
        sink.upgrade(link, rest)
    }

    // MARK: The end

    private func expect(within time: TimeAmount) {
        timer?.cancel()
        timer = links.executor.eventLoop.scheduleTask(in: time) { [self] in
            fail("a node didn't answer in time")
        }
    }

    private func end() {
        timer?.cancel()
        timer = nil
        guard sink != nil else { return }
        sink = nil
        links.end(self)
        node.ended()
    }

    private func fail(_ reason: String, _ detail: String = "") {
        guard let sink else { return }
        node.problems.report(reason, detail)
        node.failed()
        end()
        link?.user = nil
        link?.connection.abort()
        link = nil
        sink.fail()
    }
}

/// Drops the answer to a request that releases a poll: the poll itself is answered.
private final class ReleaseSink: ForwardedSink {
    let isWritable = true

    func begin(_ status: HTTPResponse.Status, _ fields: HTTPFields, _ lines: ByteBuffer) {}

    func write(_ bytes: ByteBuffer) {}

    func finish() {}

    func upgrade(_ link: NodeLink, _ rest: ByteBuffer) { link.connection.abort() }

    func fail() {}
}

extension ForwardedCall {
    /// Whether the request waits for packets.
    fileprivate var isPoll: Bool { request.method == .get && !isUpgrade }
}
