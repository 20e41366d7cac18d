#if Redis
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustRedis

/// What a client does at which time, against a server that the test plays.
@Suite(.timeLimit(.minutes(1))) struct RedisClientTimeTests {
    @Test func `commands are written in few writes, in order`() async throws {
        let redis = ScriptedRedis()
        let client = redis.client()
        client.start()
        try await redis.welcome(0)
        for _ in 0..<100 { client.send(RedisCommand("PING")) { _ in } }
        await redis.loop.run()
        let written = try await redis.written(0)
        #expect(written.joined() == String(repeating: "*1\r\n$4\r\nPING\r\n", count: 100))
        // How many depends on the threads: those of one turn of the loop are one write.
        #expect(written.count < 100)
    }

    @Test func `a command fails when its time is over, and not before`() async throws {
        let redis = ScriptedRedis()
        let client = redis.client()
        client.start()
        try await redis.welcome(0)
        let results = Mutex<[String]>([])
        func send(_ name: String, _ deadline: Duration?) {
            client.send(RedisCommand("PING"), deadline: deadline) { result in
                results.withLock { $0.append("\(name) \(result)") }
            }
        }
        send("long", nil)
        send("short", .milliseconds(100))
        await redis.loop.run()
        await redis.loop.advanceTime(by: .milliseconds(99))
        #expect(results.withLock { $0 }.isEmpty)
        await redis.loop.advanceTime(by: .milliseconds(1))
        #expect(results.withLock { $0 } == ["short failure(\(RedisError.timedOut))"])
        await redis.loop.advanceTime(by: .milliseconds(4_899))
        #expect(results.withLock { $0 }.count == 1)
        await redis.loop.advanceTime(by: .milliseconds(1))
        #expect(results.withLock { $0 }.last == "long failure(\(RedisError.timedOut))")
        #expect(redis.isOpen(0))
        // No reply within the command timeout after the deadline: the connection is dead.
        await redis.loop.advanceTime(by: .seconds(5))
        #expect(!redis.isOpen(0))
        #expect(client.pendingBytes == 0)
    }

    @Test func `attempts to connect are repeated after growing pauses`() async throws {
        let redis = ScriptedRedis()
        redis.refuse(2)
        let client = redis.client()
        client.start()
        await redis.loop.run()
        #expect(redis.connections == 1)
        await redis.loop.advanceTime(by: .milliseconds(24))
        #expect(redis.connections == 1)
        await redis.loop.advanceTime(by: .milliseconds(26))
        #expect(redis.connections == 2)
        await redis.loop.advanceTime(by: .milliseconds(100))
        #expect(redis.connections == 3)
        try await redis.welcome(2)
        await redis.loop.advanceTime(by: .seconds(60))
        #expect(redis.connections == 3)
    }

    @Test func `a server that doesn't answer the handshake is left after the connect timeout`() async throws {
        let redis = ScriptedRedis()
        let client = redis.client()
        client.start()
        await redis.loop.run()
        await redis.loop.advanceTime(by: .milliseconds(4_999))
        #expect(redis.isOpen(0))
        await redis.loop.advanceTime(by: .milliseconds(1))
        #expect(!redis.isOpen(0))
        await redis.loop.advanceTime(by: .milliseconds(50))
        #expect(redis.connections == 2)
    }

    @Test func `a subscription that receives nothing for two intervals is made again`() async throws {
        let redis = ScriptedRedis()
        let client = redis.client()
        let events = Mutex<[RedisEvent]>([])
        client.observe { event in events.withLock { $0.append(event) } }
        client.start()
        try await redis.welcome(0)
        let subscription = client.subscribe(.channel, "a") { _, _ in }
        await redis.loop.run()
        try await redis.send("%0\r\n+PONG\r\n", 1)
        // The replies must have the order of the commands, which is that of a dictionary.
        let commands = try await redis.written(1).joined()
        let names = commands.split(separator: "\r\n").filter { $0 == "a" || $0.hasPrefix("gust-probe:") }
        for name in names {
            try await redis.send(">3\r\n$9\r\nsubscribe\r\n$\(name.utf8.count)\r\n\(name)\r\n:1\r\n", 1)
        }
        let probe = try #require(names.first { $0 != "a" })
        let publish = "*3\r\n$7\r\nPUBLISH\r\n$\(probe.utf8.count)\r\n\(probe)\r\n$1\r\n.\r\n"
        for interval in 1...5 {
            await redis.loop.advanceTime(by: .seconds(2))
            #expect(try await redis.written(0) == [publish])
            try await redis.send(":1\r\n", 0)
            if interval < 4 {
                try await redis.send(">3\r\n$7\r\nmessage\r\n$\(probe.utf8.count)\r\n\(probe)\r\n$1\r\n.\r\n", 1)
            }
        }
        #expect(events.withLock { !$0.contains(.deaf) })
        await redis.loop.advanceTime(by: .seconds(2))
        #expect(events.withLock { $0.contains(.deaf) })
        #expect(!redis.isOpen(1))
        await redis.loop.advanceTime(by: .milliseconds(50))
        #expect(redis.connections == 3)
        subscription.cancel()
    }
}
#endif
