import Foundation
import GustHTTP
import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import ServiceLifecycle
import Testing

@testable import GustServer

@Suite struct FlashPolicyTests {
    private static let request = Array("<policy-file-request/>".utf8) + [0]
    private static let answer = Array(FlashPolicy.standard.answer.readableBytesView)
    private let noLog = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func open() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        let handler = FlashPolicyHandler(.standard, timeout: .seconds(5))
        try channel.pipeline.syncOperations.addHandler(handler)
        channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 1), promise: nil)
        return channel
    }

    private func send(_ bytes: some Sequence<UInt8>, _ channel: EmbeddedChannel) throws -> [UInt8] {
        if channel.isActive { try channel.writeInbound(ByteBuffer(bytes: bytes)) }
        var all: [UInt8] = []
        while let data = try channel.readOutbound(as: ByteBuffer.self) { all += data.readableBytesView }
        return all
    }

    private func wire(_ policy: FlashPolicy?) throws -> Wire {
        try Wire(flashPolicy: policy, ImmediateHandler { _ in "hello" })
    }

    private func send(_ bytes: some Sequence<UInt8>, _ wire: Wire) throws -> [UInt8] {
        if wire.isOpen { try wire.channel.writeInbound(ByteBuffer(bytes: bytes)) }
        return Array(try wire.receivedBytes().readableBytesView)
    }

    // MARK: The policy

    @Test func `the error of a missing file contains its path`() throws {
        let error = try #require(throws: FlashPolicyError.self) { try FlashPolicy(contentsOf: "/no/such/flash.xml") }
        #expect(error.description == "the Flash policy /no/such/flash.xml doesn't exist or can't be read")
    }

    @Test func `a policy that is too long or contains a NUL is refused`() throws {
        #expect(throws: FlashPolicyError(.containsNUL, path: nil)) { try FlashPolicy("a\u{0}") }
        #expect(throws: FlashPolicyError(.tooLong, path: nil)) {
            try FlashPolicy(String(repeating: "a", count: FlashPolicy.maximumLength + 1))
        }
        #expect(try FlashPolicy("a").answer == ByteBuffer(bytes: [0x61, 0]))
    }

    @Test(arguments: [
        (String(repeating: "a", count: FlashPolicy.maximumLength), nil),
        (String(repeating: "a", count: FlashPolicy.maximumLength + 1), FlashPolicyError.Reason.tooLong),
        ("a\u{0}", .containsNUL),
    ])
    func `the same rules apply to a file, and the error contains its path`(
        text: String,
        reason: FlashPolicyError.Reason?
    ) throws {
        let path = NSTemporaryDirectory() + "gust-\(UUID().uuidString).xml"
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard let reason else {
            #expect(try FlashPolicy(contentsOf: path) == FlashPolicy(text))
            return
        }
        #expect(throws: FlashPolicyError(reason, path: path)) { try FlashPolicy(contentsOf: path) }
    }

    // MARK: Its own port

    @Test func `a request with or without its NUL, in any two pieces, is answered once and closed`() throws {
        for length in [22, 23] {
            for cut in 0...length {
                let channel = try open()
                let first = try send(Self.request[..<cut], channel)
                #expect(try first + send(Self.request[cut..<length], channel) == Self.answer)
                #expect(!channel.isActive)
            }
        }
    }

    @Test(arguments: ["<policy-file-requesT/>", "x", "<policy-file-request/>x", "<policy-file-request/>\u{0}\u{0}"])
    func `a connection that sends other bytes is closed without an answer`(text: String) throws {
        let channel = try open()
        #expect(try send(text.utf8, channel) == [])
        #expect(!channel.isActive)
    }

    @Test func `a client that doesn't complete its request is closed at the deadline`() throws {
        let channel = try open()
        for byte in Self.request[..<10] {
            #expect(try send([byte], channel) == [])
            channel.embeddedEventLoop.advanceTime(by: .milliseconds(490))
        }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(200))
        #expect(!channel.isActive)
    }

    /// A transport that stays open for reading when its output is closed, as TCP does.
    private final class HalfClosing: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            if mode == .output { promise?.succeed() } else { context.close(mode: mode, promise: promise) }
        }
    }

    @Test func `bytes after an answered request are dropped until the deadline`() throws {
        let channel = try open()
        try channel.pipeline.syncOperations.addHandler(HalfClosing(), position: .first)
        #expect(try send(Self.request[..<22], channel) == Self.answer)
        for byte: UInt8 in [0, 0x78] { #expect(try send([byte], channel) == []) }
        // If the connection were reset now, the client could lose the answer.
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(6))
        #expect(!channel.isActive)
    }

    @Test func `two clients at the same time are answered separately`() throws {
        let channels = [try open(), try open()]
        for index in 0..<22 {
            #expect(try send([Self.request[index]], channels[0]) == (index == 21 ? Self.answer : []))
            #expect(try send([Self.request[index]], channels[1]) == (index == 21 ? Self.answer : []))
        }
    }

    @Test func `the server answers on the port that it reports`() async throws {
        let (addresses, continuation) = AsyncStream.makeStream(of: SocketAddress.self)
        var configuration = FlashPolicyServer.Configuration(host: "127.0.0.1", port: 0)
        configuration.onListening = { continuation.yield($0) }
        let server = FlashPolicyServer(.standard, configuration: configuration, logger: noLog)
        let services = ServiceGroup(services: [server], logger: noLog)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            var iterator = addresses.makeAsyncIterator()
            let address = try #require(await iterator.next())
            #expect(server.port == address.port)
            let received = try await connect(address, sending: Self.request)
            #expect(try await received.get() == ByteBuffer(bytes: Self.answer))
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        #expect(server.port == nil)
    }

    /// Connects and sends `request`; the future is all that is received until the end of the connection.
    private func connect(
        _ address: SocketAddress,
        sending request: [UInt8] = []
    ) async throws -> EventLoopFuture<ByteBuffer> {
        let received = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: ByteBuffer.self)
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(received))
                }
            }
            .connect(to: address).get()
        client.writeAndFlush(ByteBuffer(bytes: request), promise: nil)
        return received.futureResult
    }

    @Test(.timeLimit(.minutes(1)), arguments: [0, 1])
    func `a connection past the limit is closed, and all connections are closed at shutdown`(limit: Int) async throws {
        let (addresses, continuation) = AsyncStream.makeStream(of: SocketAddress.self)
        var configuration = FlashPolicyServer.Configuration(host: "127.0.0.1", port: 0)
        configuration.onListening = { continuation.yield($0) }
        // A limit of 0 means 1.
        configuration.connections = limit
        configuration.timeout = .seconds(600)
        let server = FlashPolicyServer(.standard, configuration: configuration, logger: noLog)
        let services = ServiceGroup(services: [server], logger: noLog)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            var iterator = addresses.makeAsyncIterator()
            let address = try #require(await iterator.next())
            let first = try await connect(address)
            // Each connection is admitted on its own loop, so the test waits until the first has been admitted.
            while server.connectionCount == 0 { await Task.yield() }
            #expect(try await connect(address).get().readableBytes == 0)
            #expect(server.connectionCount == 1)
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            #expect(try await first.get().readableBytes == 0)
        }
    }

    @Test func `if the server can't listen on its port, it logs a warning and the service runs on`() async throws {
        let taken = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(taken.localAddress?.port)
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        let logger = Logger(label: "test") { _ in Lines(continuation) }
        let server = FlashPolicyServer(.standard, configuration: .init(host: "127.0.0.1", port: port), logger: logger)
        let services = ServiceGroup(services: [server], logger: noLog)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            var iterator = lines.makeAsyncIterator()
            #expect(await iterator.next() == "warning can't listen on the port for Flash policies")
            #expect(server.port == nil)
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        try await taken.close()
    }

    // MARK: The main port

    @Test func `a policy request on the main port is answered before an HTTP request`() throws {
        for length in [22, 23] {
            for cut in 0...length {
                let wire = try wire(.standard)
                let first = try send(Self.request[..<cut], wire)
                #expect(try first + send(Self.request[cut..<length], wire) == Self.answer)
                #expect(!wire.isOpen)
            }
        }
    }

    @Test func `the main port answers 400 without a policy, to other bytes, and after an HTTP request`() throws {
        let bad = "HTTP/1.1 400 Bad Request"
        #expect(String(decoding: try send(Self.request, wire(nil)), as: UTF8.self).hasPrefix(bad))
        let other = "<policy-file-requesT/>".utf8
        #expect(String(decoding: try send(other, wire(.standard)), as: UTF8.self).hasPrefix(bad))
        let later = try wire(.standard)
        #expect(try later.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").hasSuffix("hello"))
        #expect(String(decoding: try send(Self.request, later), as: UTF8.self).hasPrefix(bad))
    }

    @Test func `an incomplete policy request on the main port is answered 408 at the deadline of the head`() throws {
        let wire = try wire(.standard)
        _ = try send(Self.request[..<5], wire)
        wire.loop.advanceTime(by: .seconds(11))
        #expect(try wire.received().hasPrefix("HTTP/1.1 408 "))
        #expect(!wire.isOpen)
    }

    /// Yields the logged lines.
    private struct Lines: LogHandler {
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info
        private let lines: AsyncStream<String>.Continuation

        init(_ lines: AsyncStream<String>.Continuation) { self.lines = lines }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.yield("\(event.level) \(event.message)") }
    }
}
