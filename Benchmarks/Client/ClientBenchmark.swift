import ArgumentParser
import GustClient
import NIOCore
import NIOPosix
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#endif

/// Measures GustClient against a server with the events of EchoServer, with all clients on one event loop.
///
///     swift run -c release ClientBenchmark echo --clients 50 --depth 16 --seconds 5
///     swift run -c release ClientBenchmark idle --clients 10000
///     swift run -c release ClientBenchmark recover --disconnects 200
@main
struct ClientBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(subcommands: [EchoLoad.self, IdleLoad.self, RecoveryLoad.self])
}

/// Where the server is.
struct ServerOptions: ParsableArguments {
    @Option var url = "http://127.0.0.1:3000"
    @Option var transport = "websocket"

    func client(_ group: any EventLoopGroup, _ change: (inout ClientSettings) -> Void = { _ in }) throws -> SocketClient
    {
        var settings = ClientSettings()
        settings.transport = ClientTransport(rawValue: transport)
        settings.proxy = .none
        change(&settings)
        return try SocketClient(url, settings, group: group)
    }
}

/// Echoes: each client keeps `depth` messages on their way.
struct EchoLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "echo")

    @OptionGroup var server: ServerOptions
    @Option var clients = 50
    @Option var depth = 16
    @Option var seconds = 5

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let count = Atomic<Int>(0)
        var opened: [SocketClient] = []
        for _ in 0..<clients {
            let client = try server.client(group)
            let socket = try await client.connect()
            socket.on("message") { [weak socket] (event: SocketEvent) in
                count.wrappingAdd(1, ordering: .relaxed)
                socket?.emit("message", arguments: event.arguments)
            }
            opened.append(client)
            for number in 0..<depth { socket.emit("message", "hello \(number)") }
        }
        try await Task.sleep(for: .seconds(1))
        let processor = ProcessorTime()
        let before = count.load(ordering: .relaxed)
        let start = ContinuousClock.now
        try await Task.sleep(for: .seconds(seconds))
        let echoes = count.load(ordering: .relaxed) - before
        let time = (ContinuousClock.now - start) / .seconds(1)
        print(
            "\(count.load(ordering: .relaxed)) echoes; \(Int(Double(echoes) / time)) echoes/s, \(processor.microseconds / Double(max(echoes, 1))) µs of processor time each"
        )
        for client in opened { await client.close() }
    }
}

/// Idle clients: the memory of each.
struct IdleLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "idle")

    @OptionGroup var server: ServerOptions
    @Option var clients = 10_000
    @Option var seconds = 5

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let warm = try server.client(group)
        _ = try await warm.connect()
        let before = ResidentMemory.bytes
        var opened: [SocketClient] = []
        for _ in 0..<clients {
            let client = try server.client(group)
            _ = try await client.connect(within: .seconds(60))
            opened.append(client)
        }
        try await Task.sleep(for: .seconds(seconds))
        let bytes = ResidentMemory.bytes - before
        print("\(clients) clients: \(bytes / 1_024) KiB, \(bytes / clients) bytes each")
        for client in opened { await client.close() }
        await warm.close()
    }
}

/// A thousand events a second through lost connections: each must arrive once, in order.
///
/// The server must run with `--recovery`. A second client sends the events to a room; the connection of the first is cut at random.
struct RecoveryLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "recover")

    @OptionGroup var server: ServerOptions
    @Option var disconnects = 200
    @Option var rate = 1_000

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let receiving = try server.client(group) { settings in
            settings.reconnection.delay = .milliseconds(5)
            settings.reconnection.maximumDelay = .milliseconds(50)
        }
        let sending = try server.client(group)
        let receiver = try await receiving.connect()
        let tally = Tally()
        receiver.on("bcast-to") { (number: Int) in tally.add(number) }
        receiver.on("room") { (number: Int) in tally.add(number) }
        receiver.onConnect { [weak receiver] in if receiver?.isRecovered == false { tally.restart() } }
        _ = try await receiver.emitWithAcknowledgement("message-with-ack", 0)
        receiver.emit("join", "r")
        _ = try await receiver.emitWithAcknowledgement("message-with-ack", 0)
        let sender = try await sending.connect()
        let isDone = Atomic<Bool>(false)
        let produce = Task {
            var number = 0
            let start = ContinuousClock.now
            while !isDone.load(ordering: .relaxed) {
                let due = Int((ContinuousClock.now - start) / .milliseconds(1)) * rate / 1_000
                while number < due {
                    sender.emit("room", "r", number)
                    number += 1
                }
                try await Task.sleep(for: .milliseconds(2))
            }
            _ = try await sender.emitWithAcknowledgement("message-with-ack", 0)
            return number
        }
        for _ in 0..<disconnects {
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...80)))
            receiving.cutConnection()
            for _ in 0..<5_000 where !receiver.isConnected { try await Task.sleep(for: .milliseconds(1)) }
        }
        isDone.store(true, ordering: .relaxed)
        let sent = try await produce.value
        for _ in 0..<1_000 where tally.received < sent { try await Task.sleep(for: .milliseconds(5)) }
        print("\(sent) sent, \(tally.summary)")
        await receiving.close()
        await sending.close()
    }
}

/// The numbers that were received.
final class Tally: Sendable {
    private struct State {
        var next = 0
        var received = 0
        var wrong = 0
        var restarts = 0
    }

    private let state = Mutex(State())

    var received: Int { state.withLock { $0.received } }

    var summary: String {
        state.withLock { "\($0.received) received, \($0.wrong) out of order, \($0.restarts) times not recovered" }
    }

    func add(_ number: Int) {
        state.withLock { state in
            if number != state.next { state.wrong += 1 }
            state.next = number + 1
            state.received += 1
        }
    }

    func restart() { state.withLock { $0.restarts += 1 } }
}

/// The processor time of this process.
struct ProcessorTime {
    private let start = Self.now

    /// The microseconds since this value was made.
    var microseconds: Double { Self.now - start }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }
}

/// The memory of this process that is in RAM (Linux).
enum ResidentMemory {
    static var bytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4_096 : 0
    }
}
