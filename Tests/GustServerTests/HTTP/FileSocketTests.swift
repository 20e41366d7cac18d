import GustHTTP
import HTTPTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import GustServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Files that the server sends past the channel, over real connections.
@Suite struct FileSocketTests {
    /// More lines than the buffers of two sockets hold.
    private static let manyLines = 120_000

    private static func get(_ path: String, method: String = "GET", _ fields: String = "") -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n"
    }

    private static let last = get("/short", "Connection: close\r\n")

    /// Answers `/short` with a text, and any other path with a file, of which only the connection keeps the last.
    private final class Files: Sendable {
        private let waiting: Mutex<[NumberedFile]>
        private let streams: Bool
        /// Has an element for each response, once the socket or the channel has all of it.
        let answered: AsyncStream<Void>
        private let answers: AsyncStream<Void>.Continuation

        init(_ files: [NumberedFile], streams: Bool = false) {
            waiting = Mutex(files)
            self.streams = streams
            (answered, answers) = AsyncStream.makeStream()
        }

        var handler: ImmediateHandler {
            ImmediateHandler { request in
                request.eventLoop.execute { self.answers.yield() }
                guard request.path != "/short", let file = self.waiting.withLock({ $0.popLast() }) else {
                    return Response("short")
                }
                guard self.streams else { return file.response }
                return Response(
                    body: .stream { writer in
                        writer.write(ByteBuffer(string: "before\n"))
                        writer.write(file.region)
                        writer.finish(ByteBuffer(string: "behind\n")) { _ in withExtendedLifetime(file) {} }
                    }
                )
            }
        }
    }

    /// Sends requests over a connection with a small receive buffer, and returns what is received until its end; nothing is read before
    /// `prepare` has returned.
    private func send(
        _ requests: String,
        to address: SocketAddress,
        prepare: () async throws -> Void = {}
    ) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_rcvbuf), value: 4_096)
            .channelOption(.autoRead, value: false)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: requests))
            try await prepare()
            do {
                try await channel.channel.setOption(.autoRead, value: true).get()
            } catch ChannelError.ioOnClosedChannel {
                // The server has answered and closed by now: at the end of its input, a channel reads what is left by itself.
            }
            var received = ByteBuffer()
            // A connection that breaks may be reset.
            do { for try await bytes in inbound { received.writeImmutableBuffer(bytes) } } catch is IOError {}
            return String(buffer: received)
        }
    }

    /// The bodies of responses with `Content-Length`, in order; the last may be incomplete.
    private func bodies(_ received: String) throws -> [Substring] {
        var rest = received[...]
        var bodies: [Substring] = []
        while let head = rest.firstRange(of: "\r\n\r\n") {
            let field = try #require(rest[..<head.lowerBound].firstMatch(of: #/Content-Length: (\d+)/#))
            let body = rest[head.upperBound...].utf8.prefix(try #require(Int(field.output.1)))
            bodies.append(Substring(body))
            rest = rest[body.endIndex...]
        }
        return bodies
    }

    @Test
    func `a file arrives in full, and the next response behind it, although the socket takes only a part at once`()
        async throws
    {
        var file: NumberedFile? = try NumberedFile(lines: Self.manyLines)
        let released = try #require(file?.releases)
        weak let kept = file
        let files = Files(try [#require(file)])
        file = nil
        try await LocalServer.run(files.handler) { address in
            let received = try await send(Self.get("/") + Self.last, to: address) {
                for await _ in files.answered.prefix(1) {}
                #expect(kept != nil, "the file was closed, although the client has read nothing")
            }
            let all = NumberedFile.text(lines: 0..<Self.manyLines)
            #expect(try bodies(received).map { $0.utf8.count } == [all.utf8.count, 5])
            #expect(try bodies(received).first.map { $0 == all } == true)
            for await _ in released {}
        }
    }

    @Test(arguments: [1_000, manyLines])
    func `a file between other parts of a streamed body stays in its place`(lines: Int) async throws {
        let files = Files([try NumberedFile(lines: lines)], streams: true)
        try await LocalServer.run(files.handler) { address in
            let received = try await send(Self.get("/") + Self.last, to: address) {
                for await _ in files.answered.prefix(1) {}
            }
            let text = NumberedFile.text(lines: 0..<lines)
            let length = String(text.utf8.count, radix: 16)
            let body = "7\r\nbefore\n\r\n\(length)\r\n\(text)\r\n7\r\nbehind\n\r\n0\r\n\r\n"
            let head = try #require(received.firstRange(of: "\r\n\r\n"))
            #expect(received[head.upperBound...].hasBytePrefix(body + "HTTP/1.1 200"))
            #expect(received.hasByteSuffix("short"))
        }
    }

    @Test func `pipelined responses with and without files are in order`() async throws {
        let files = Files(try (0..<3).map { _ in try NumberedFile(lines: 1_000) })
        try await LocalServer.run(files.handler) { address in
            let requests = ["/1", "/short", "/2"].map { Self.get($0) } + [Self.last]
            let text = NumberedFile.text(lines: 0..<1_000)
            let received = try await send(requests.joined(), to: address)
            #expect(try bodies(received).map { String($0) } == [text, "short", text, "short"])
            let heads = try await send(Self.get("/", method: "HEAD") + Self.last, to: address)
            #expect(heads.contains("Content-Length: 100000\r\n\r\nHTTP/1.1 200"))
        }
    }

    @Test func `a descriptor that responses share keeps its position`() async throws {
        let file = try NumberedFile(lines: 8_000)
        try file.seek(to: 7)
        let handler = ImmediateHandler { request in
            let start = Int(request.path.dropFirst()) ?? 0
            return Response(
                headers: [.contentLength: "100000"],
                body: .stream { writer in
                    writer.write(file.region(lines: start..<(start + 1_000)))
                    writer.finish()
                }
            )
        }
        try await LocalServer.run(handler) { address in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for start in stride(from: 0, to: 8_000, by: 1_000) {
                    group.addTask {
                        let received = try await send(Self.get("/\(start)", "Connection: close\r\n"), to: address)
                        let text = NumberedFile.text(lines: start..<(start + 1_000))
                        #expect(try bodies(received).map { $0 == text } == [true], "from line \(start)")
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(try file.position == 7)
    }

    @Test func `a file that is truncated before its response ends the connection`() async throws {
        let file = try NumberedFile(lines: 1_000)
        try file.truncate(lines: 600)
        let files = Files([file])
        try await LocalServer.run(files.handler) { address in
            let received = try await send(Self.get("/") + Self.last, to: address)
            #expect(!received.contains("short"))
            #expect(try bodies(received).allSatisfy { $0.utf8.count <= 60_000 })
        }
    }

    @Test func `no part of a truncated file is sent in a body that ends with the connection`() async throws {
        let file = try NumberedFile(lines: 1_000)
        try file.truncate(lines: 600)
        let files = Files([file], streams: true)
        try await LocalServer.run(files.handler) { address in
            let received = try await send("GET / HTTP/1.0\r\nHost: x\r\n\r\n", to: address)
            #expect(!received.contains("0000"))
        }
    }

    @Test func `a file that is truncated while the client waits ends the connection`() async throws {
        let file = try NumberedFile(lines: Self.manyLines)
        let files = Files([file])
        try await LocalServer.run(files.handler) { address in
            let received = try await send(Self.get("/") + Self.last, to: address) {
                for await _ in files.answered.prefix(1) {}
                try file.truncate(lines: 10)
            }
            #expect(!received.contains("short"))
            #expect(try bodies(received).count == 1)
        }
    }

    @Test func `a file for a client that has left is closed`() async throws {
        var file: NumberedFile? = try NumberedFile(lines: 1_000)
        let released = try #require(file?.releases)
        let files = Files(try [#require(file)])
        file = nil
        let hasLeft = ConditionLock(value: false)
        let (asked, questions) = AsyncStream.makeStream(of: Void.self)
        let handler = files.handler
        let waiting = ImmediateHandler { request in
            questions.yield()
            // The loop notices the end of the connection only after the response.
            hasLeft.lock(whenValue: true)
            hasLeft.unlock()
            return try handler.answer(request).immediateResponse ?? Response("none")
        }
        try await LocalServer.run(waiting) { address in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(to: address)
                .get()
            // A linger time of zero makes `close` reset the connection.
            let socket = try #require(channel as? any SocketOptionProvider)
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            try await channel.writeAndFlush(ByteBuffer(string: Self.get("/")))
            for await _ in asked.prefix(1) {}
            try await channel.close()
            hasLeft.lock()
            hasLeft.unlock(withValue: true)
            for await _ in released {}
        }
    }
}
