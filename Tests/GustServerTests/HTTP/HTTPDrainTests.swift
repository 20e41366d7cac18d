import GustHTTP
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import GustServer

/// How a server drains: what its connections send, and when they are closed.
@Suite struct HTTPDrainTests {
    // MARK: Events of one connection

    private func machine(answering: Bool = false) -> HTTPExchangeStateMachine {
        var machine = HTTPExchangeStateMachine(drainLength: 1_024, bodyProgress: 1_024)
        _ = machine.handle(.opened)
        if answering { _ = machine.handle(.request(keepsAlive: true, hasBody: false, awaitsContinue: false)) }
        return machine
    }

    @Test func `a drain doesn't close an idle connection, but the next response does`() {
        var machine = machine()
        #expect(machine.handle(.drain) == HTTPExchangeStateMachine.Step())
        #expect(machine.handle(.request(keepsAlive: true, hasBody: false, awaitsContinue: false)).action == .answer)
        #expect(!machine.keepsAlive)
        #expect(!machine.isShuttingDown)
        #expect(machine.handle(.answerEnds(hasInput: false)).action == .closeOutput)
    }

    @Test func `a response that is being made announces the end of the connection`() {
        var machine = machine(answering: true)
        #expect(machine.keepsAlive)
        _ = machine.handle(.drain)
        #expect(!machine.keepsAlive)
    }

    // MARK: One connection

    @Test func `an idle connection is closed within the window, not in its first two seconds`() throws {
        let wire = try Wire.echo()
        #expect(!(try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")).contains("Connection: close"))
        wire.context.beginDraining(over: .seconds(10))
        wire.loop.advanceTime(by: .seconds(2) - .nanoseconds(1))
        #expect(wire.isOpen)
        wire.loop.advanceTime(by: .seconds(8) + .nanoseconds(1))
        #expect(!wire.isOpen)
    }

    @Test func `a new connection may send its first request until the end of the window`() throws {
        let wire = try Wire.echo()
        wire.context.beginDraining(over: .seconds(10))
        wire.loop.advanceTime(by: .seconds(9) + .milliseconds(999))
        #expect(wire.isOpen)
        let answer = try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.contains("Connection: close\r\n"))
        #expect(answer.hasSuffix("GET / "))
        #expect(!wire.isOpen)
    }

    @Test func `a connection that is accepted in the window drains too`() throws {
        let wire = try Wire.echo()
        wire.context.beginDraining(over: .seconds(10))
        let other = HTTPConnectionHandler(
            server: HTTPServerShared(
                handler: EchoHandler(),
                limits: HTTPLimits(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ),
            loop: wire.context
        )
        let channel = EmbeddedChannel(handler: other, loop: wire.loop)
        #expect(other.machine.isDraining)
        wire.context.beginShutdown()
        wire.loop.run()
        #expect(!channel.isActive)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    // MARK: The window

    @Test func `connections are closed after the first half of the window, at most two seconds`() {
        let start = NIODeadline.uptimeNanoseconds(1_000)
        for (window, quiet) in [(TimeAmount.seconds(1), TimeAmount.milliseconds(500)), (.seconds(60), .seconds(2))] {
            let times = (0..<1_000).map { _ in DrainWindow(from: start, window).randomTime }
            #expect(times.allSatisfy { $0 >= start + quiet && $0 <= start + window })
            #expect(Set(times.map(\.uptimeNanoseconds)).count > 900)
        }
    }

    // MARK: A server

    @Test func `idle connections are closed one after the other within the window`() async throws {
        var configuration = HTTPServer.Configuration(loops: 2)
        configuration.listeners = [HTTPListener(.host("127.0.0.1", port: 0))]
        configuration.drain.window = .milliseconds(400)
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        var ends: [EventLoopFuture<NIODeadline>] = []
        let clients = try await LocalServer.run(ImmediateHandler { _ in "" }, configuration) { addresses async throws in
            var ends: [EventLoopFuture<NIODeadline>] = []
            for _ in 0..<40 {
                let answered = loop.makePromise(of: Void.self)
                let client = try await ClientBootstrap(group: loop)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(Answered(answered))
                        }
                    }
                    .connect(to: addresses[0]).get()
                ends.append(client.closeFuture.map { loop.now })
                try await client.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).get()
                try await answered.futureResult.get()
            }
            return ends
        }
        ends = clients
        let times = try await EventLoopFuture.whenAllSucceed(ends, on: loop).get()
        let span = try #require(times.max()) - (try #require(times.min()))
        // 40 random times in 200 ms: the probability that they lie within 80 ms is below 1e-13.
        #expect(span > .milliseconds(80))
    }

    @Test func `the server serves during the delay`() async throws {
        var configuration = HTTPServer.Configuration(loops: 1)
        configuration.listeners = [HTTPListener(.host("127.0.0.1", port: 0))]
        configuration.drain.delay = .seconds(3)
        let (stops, continuation) = AsyncStream.makeStream(of: Void.self)
        configuration.drain.onStopping = { continuation.yield() }
        let draining = configuration
        let answer = try await LocalServer.run(ImmediateHandler { _ in "hello" }, draining) { addresses async throws in
            Task {
                for await _ in stops { break }
                return try await Exchange.send("GET / HTTP/1.0\r\n\r\n", to: addresses[0])
            }
        }
        #expect(try await answer.value.hasSuffix("hello"))
    }

    /// Fulfils a promise at the first read.
    private final class Answered: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let promise: EventLoopPromise<Void>

        init(_ promise: EventLoopPromise<Void>) { self.promise = promise }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { promise.succeed() }
    }
}
