import GustHTTP
import HTTPTypes
import NIOCore
import NIOPosix
import Testing

@testable import GustServer

/// Responses that the server writes to sockets past their channels, over real connections.
@Suite struct HTTPSocketTests {
    private static let count = 60_000

    /// The part `number` of a body, 100 bytes long.
    private static func text(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 100 - digits.utf8.count) + digits
    }

    /// Answers `/long` with a body that is longer than the buffers of a socket, and reports whether a part of it waited for the client.
    private static func handler(_ written: AsyncStream<Bool>.Continuation) -> ImmediateHandler {
        ImmediateHandler { request in
            guard request.path == "/long" else { return Response("short") }
            return Response(
                headers: [.contentLength: String(count * 100)],
                body: .stream { writer in
                    let bound = NIOLoopBound(writer, eventLoop: writer.eventLoop)
                    // After the read burst each part is flushed by itself, so the socket refuses one in the middle.
                    // Later ones wait in the channel.
                    writer.eventLoop.execute {
                        for number in 0..<count { bound.value.write(ByteBuffer(string: text(number))) }
                        written.yield(bound.value.isWritable)
                        bound.value.finish(ByteBuffer()) { written.yield($0) }
                    }
                }
            )
        }
    }

    @Test
    func `a body arrives in order, and the next response behind it, although the socket takes only a part at once`()
        async throws
    {
        let (written, continuation) = AsyncStream.makeStream(of: Bool.self)
        try await LocalServer.run(Self.handler(continuation)) { address in
            let loop = MultiThreadedEventLoopGroup.singleton.any()
            let channel = try await ClientBootstrap(group: loop)
                .channelOption(.socketOption(.so_rcvbuf), value: 4_096)
                .channelOption(.autoRead, value: false)
                .connect(to: address) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            try await channel.executeThenClose { inbound, outbound in
                let requests = ["/long", "/short"].map { "GET \($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
                try await outbound.write(ByteBuffer(string: requests))
                var reports = written.makeAsyncIterator()
                #expect(await reports.next() == false, "nothing waited in the channel")
                try await channel.channel.setOption(.autoRead, value: true).get()
                var received = ByteBuffer()
                let end = Array("\r\n\r\nshort".utf8)
                for try await bytes in inbound {
                    received.writeImmutableBuffer(bytes)
                    if received.readableBytesView.suffix(end.count).elementsEqual(end) { break }
                }
                #expect(await reports.next() == true, "the long response wasn't reported as sent")
                let head = try #require(received.readableBytesView.firstRange(of: Array("\r\n\r\n".utf8)))
                received.moveReaderIndex(to: head.upperBound)
                for number in 0..<Self.count {
                    let text = received.readString(length: 100)
                    guard text == Self.text(number) else {
                        Issue.record("part \(number) is \(text ?? "missing")")
                        break
                    }
                }
                #expect(received.readString(length: 15) == "HTTP/1.1 200 OK")
            }
        }
    }
}
