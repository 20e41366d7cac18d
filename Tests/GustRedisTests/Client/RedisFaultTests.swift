#if Redis
import GustRedis
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Servers that die, stop and disconnect, and what follows.
@Suite(.timeLimit(.minutes(1))) struct RedisFaultTests {
    @Test func `after a restart of the server, subscriptions are restored and commands work`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        let events = EventLog(client)
        let inbox = Inbox()
        for name in ["a", "b", "c"] as [ByteBuffer] {
            try await client.subscribe(.channel, name, receive: inbox.receive).confirmed()
        }
        server.stop()
        await events.next { if case .lost(.subscriptions, _) = $0 { true } else { false } }
        try server.start()
        await events.next(.subscriptionRestored)
        client.publish("1", on: "a")
        client.publish("2", on: "c")
        #expect(await inbox.next(2) == ["a=1", "c=2"])
        await client.close()
    }

    @Test func `a command that was written fails with the connection, and one that waits is executed later`()
        async throws
    {
        let server = try await RedisServerProcess()
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let client = server.client(on: eventLoop)
        let events = EventLog(client)
        _ = try await client.send(RedisCommand("PING"))
        server.pause()
        let reply = eventLoop.makePromise(of: RESPValue.self)
        client.send(RedisCommand("INCR", "a")) { reply.completeWith($0.mapError { $0 as any Error }) }
        // The loop writes a command when it is next to run, thus before what is submitted after it.
        try await eventLoop.submit {}.get()
        server.stop()
        await #expect {
            _ = try await reply.futureResult.get()
        } throws: {
            if case RedisError.connectionLost = $0 { true } else { false }
        }
        await events.next { if case .refused(.commands, .unreachable) = $0 { true } else { false } }
        async let waiting = client.send(RedisCommand("INCR", "a"))
        try server.start()
        // The first INCR wasn't repeated.
        #expect(try await waiting == .integer(1))
        await client.close()
    }

    @Test func `a late reply of a stopped server is dropped`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        let id = try await client.send(RedisCommand("CLIENT", "ID"))
        server.pause()
        await #expect(throws: RedisError.timedOut) {
            _ = try await client.send(RedisCommand("ECHO", "late"), timeout: .milliseconds(50))
        }
        server.resume()
        #expect(try await client.send(RedisCommand("ECHO", "next")) == .bulkString("next"))
        #expect(try await client.send(RedisCommand("CLIENT", "ID")) == id)
        await client.close()
    }

    @Test func `the connection to a server that stays stopped is made again`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client {
            $0.commandTimeout = .milliseconds(100)
            $0.connectTimeout = .milliseconds(200)
        }
        let events = EventLog(client)
        _ = try await client.send(RedisCommand("PING"), timeout: .seconds(20))
        server.pause()
        await #expect(throws: RedisError.timedOut) { _ = try await client.send(RedisCommand("PING")) }
        await events.next(.lost(.commands, .connectionLost("the server has been silent for too long")))
        await events.next { if case .refused(.commands, .unreachable) = $0 { true } else { false } }
        server.resume()
        await events.next(.connected(.commands))
        #expect(try await client.send(RedisCommand("PING"), timeout: .seconds(20)) == .simpleString("PONG"))
        await client.close()
    }

    @Test func `a stopped server makes subscriptions deaf within two intervals`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client { $0.probeInterval = .milliseconds(100) }
        let events = EventLog(client)
        let inbox = Inbox()
        try await client.subscribe(.channel, "a", receive: inbox.receive).confirmed()
        server.pause()
        await events.next(.deaf)
        server.resume()
        await events.next(.subscriptionRestored)
        client.publish("1", on: "a")
        #expect(await inbox.next() == "a=1")
        await client.close()
    }

    @Test func `a subscription that is killed by the server is restored`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        let events = EventLog(client)
        let inbox = Inbox()
        try await client.subscribe(.shard, "a", receive: inbox.receive).confirmed()
        #expect(try await client.send(RedisCommand("CLIENT", "KILL", "TYPE", "pubsub")) == .integer(1))
        await events.next { if case .lost(.subscriptions, _) = $0 { true } else { false } }
        await events.next(.subscriptionRestored)
        client.publish("1", on: "a", isSharded: true)
        #expect(await inbox.next() == "a=1")
        await client.close()
    }

    @Test func `a subscription whose output overruns is lost, reported and restored`() async throws {
        let server = try await RedisServerProcess()
        // A thread of its own, because the receiver blocks it.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = server.client(on: group.next())
        let publisher = server.client()
        _ = try await publisher.send(
            RedisCommand("CONFIG", "SET", "client-output-buffer-limit", "pubsub 1mb 1mb 1")
        )
        let events = EventLog(client)
        let received = Mutex(0)
        let isBlocked = Mutex(true)
        try await client.subscribe(.channel, "a") { _, _ in
            received.withLock { $0 += 1 }
            // The receiver is slow until the server has given up. Blocking a loop is wrong; this is the reason for the test.
            while isBlocked.withLock({ $0 }) {}
        }.confirmed()
        let payload = ByteBuffer(repeating: 7, count: 100_000)
        while true {
            var subscribers = 1
            for _ in 0..<20 {
                var publish = RedisCommand("PUBLISH", "a")
                publish.append(payload)
                subscribers = try await publisher.send(publish).integer ?? 1
            }
            if subscribers == 0 { break }
        }
        isBlocked.withLock { $0 = false }
        await events.next { if case .lost(.subscriptions, _) = $0 { true } else { false } }
        await events.next(.subscriptionRestored)
        let before = received.withLock { $0 }
        publisher.publish("x", on: "a")
        while received.withLock({ $0 }) == before { await Task.yield() }
        await client.close()
        await publisher.close()
        try await group.shutdownGracefully()
    }

    @Test func `bytes that aren't RESP end the connection with a hint`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client { $0.replyLimits.stringBytes = 1_000 }
        _ = try await client.send(RedisCommand("SETRANGE", "a", "2000", "x"))
        await #expect(throws: RedisError.malformedReply("a string has more than 1000 bytes")) {
            _ = try await client.send(RedisCommand("GET", "a"))
        }
        #expect(try await client.send(RedisCommand("STRLEN", "a")) == .integer(2_001))
        await client.close()
    }
}
#endif
