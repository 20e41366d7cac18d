import GustWire
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import GustClient

/// A world with a client on one side and the test as its server on the other, without a network, and with a clock of its own.
///
/// At the end every client is closed, and nothing of it may be left: no object and no timer.
///
/// `@unchecked Sendable`: used on the thread of the test only.
final class World: @unchecked Sendable {
    let thread: TestThread
    let loop: VirtualLoop
    /// The connections that clients have opened, in order.
    private(set) var peers: [Peer] = []
    /// How often a client has tried to open a connection.
    private(set) var dials = 0
    /// The error of each attempt to open a connection; nil for a server that listens.
    var refusal: (any Error)?
    /// Whether attempts to open a connection have no outcome, as behind a firewall.
    var isSilent = false
    private var taken = 0
    private var connections: [Weak] = []

    private struct Weak {
        weak var connection: ClientConnection?
    }

    init(_ thread: TestThread) {
        self.thread = thread
        loop = VirtualLoop(thread)
    }

    // MARK: The client

    /// A client over a WebSocket, unless the settings have another transport.
    func client(
        _ url: String = "http://server",
        _ settings: ClientSettings = .webSocket
    ) throws -> SocketClient {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let client = try SocketClient(url, settings, on: loop, ServerDialer { self.dial($0, $1, $2, $3) }, logger)
        connections.append(Weak(connection: client.connection))
        return client
    }

    /// Starts a call of the client, which runs while the test waits.
    func start<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) -> Task<Value, any Error> {
        Task(executorPreference: thread) { try await body() }
    }

    private func dial(
        _ server: ServerURL,
        _ eventLoop: any EventLoop,
        _ timeout: TimeAmount,
        _ prepare: @escaping ServerDialer.Prepare
    ) -> EventLoopFuture<any Channel> {
        dials += 1
        if isSilent {
            let promise = eventLoop.makePromise(of: (any Channel).self)
            _ = eventLoop.scheduleTask(in: timeout) { promise.fail(ChannelError.connectTimeout(timeout)) }
            return promise.futureResult
        }
        return eventLoop.makeCompletedFuture {
            if let refusal { throw refusal }
            let peer = try Peer(loop.embedded, prepare)
            peers.append(peer)
            return peer.channel
        }
    }

    // MARK: The server

    /// The next connection of a client.
    func peer() throws -> Peer {
        loop.embedded.run()
        let peer = try #require(taken < peers.count ? peers[taken] : nil, "the client has opened no connection")
        taken += 1
        return peer
    }

    /// Whether the client has opened a connection that ``peer()`` hasn't returned.
    var hasPeer: Bool {
        loop.embedded.run()
        return taken < peers.count
    }

    /// Forgets connections that have ended and that ``peer()`` has returned.
    func forgetEnded() {
        while taken > 0, let first = peers.first, !first.isOpen {
            peers.removeFirst()
            taken -= 1
        }
    }

    // MARK: Time

    /// Runs everything that can be run now.
    func settle() async {
        repeat {
            loop.embedded.run()
            await Task.yield()
        } while !thread.isIdle
        loop.embedded.run()
    }

    /// Lets time pass.
    func advance(by time: Duration) async {
        await settle()
        loop.embedded.advanceTime(by: TimeAmount(time))
        await settle()
    }

    /// Runs everything until `condition` is met: for tasks of the client on other threads.
    func until(_ what: Comment, _ condition: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(20)
        await settle()
        while !condition() {
            try #require(ContinuousClock.now < end, what)
            await settle()
        }
    }

    /// Closes all clients, and checks that nothing is left of them.
    func end() async throws {
        for connection in connections.compactMap(\.connection) where !connection.machine.isClosed {
            connection.close {}
        }
        await settle()
        await advance(by: .seconds(10))
        for peer in peers { peer.end() }
        peers = []
        await advance(by: .seconds(60))
        try await until("a client is left") { connections.allSatisfy { $0.connection == nil } }
        #expect(loop.timers == 0, "timers are left")
    }
}

/// Runs a test in a world of its own.
func virtually(_ body: @escaping @Sendable (World) async throws -> Void) async throws {
    let thread = TestThread()
    try await withTaskExecutorPreference(thread) {
        let world = World(thread)
        try await body(world)
        try await world.end()
    }
}

extension ClientSettings {
    /// A WebSocket, and delays without jitter.
    static var webSocket: ClientSettings {
        var settings = ClientSettings()
        settings.transport = .webSocket
        settings.reconnection.jitter = 0
        return settings
    }

    /// Polling without upgrade.
    static var polling: ClientSettings {
        var settings = ClientSettings.webSocket
        settings.transport = .polling
        return settings
    }

    /// Polling with upgrade.
    static var upgrade: ClientSettings {
        var settings = ClientSettings.webSocket
        settings.transport = .upgrade
        return settings
    }

    /// The settings with a change.
    func with(_ change: (inout ClientSettings) -> Void) -> ClientSettings {
        var settings = self
        change(&settings)
        return settings
    }
}
