#if Redis
import GustRedis
import NIOCore
import Testing

/// Subscriptions of a real server.
@Suite(.timeLimit(.minutes(1))) struct RedisSubscriptionTests {
    @Test func `channels, patterns and channels of shards receive in order`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        let (channel, pattern, shard) = (Inbox(), Inbox(), Inbox())
        for subscription in [
            client.subscribe(.channel, "news", receive: channel.receive),
            client.subscribe(.pattern, "n*", receive: pattern.receive),
            client.subscribe(.shard, "news", receive: shard.receive),
        ] {
            try await subscription.confirmed()
        }
        for number in 0..<1_000 {
            client.publish(ByteBuffer(string: "\(number)"), on: "news")
            client.publish(ByteBuffer(string: "\(number)"), on: "news", isSharded: true)
        }
        let expected = (0..<1_000).map { "news=\($0)" }
        #expect(await channel.next(1_000) == expected)
        #expect(await pattern.next(1_000) == expected)
        #expect(await shard.next(1_000) == expected)
        await client.close()
    }

    @Test func `names are bytes`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        let (composed, decomposed) = (Inbox(), Inbox())
        // é as one scalar, and as two.
        try await client.subscribe(.channel, "\u{E9}", receive: composed.receive).confirmed()
        try await client.subscribe(.channel, "e\u{301}", receive: decomposed.receive).confirmed()
        client.publish("1", on: "\u{E9}")
        client.publish("2", on: "e\u{301}")
        #expect(await composed.next()?.utf8.last == UInt8(ascii: "1"))
        #expect(await decomposed.next()?.utf8.last == UInt8(ascii: "2"))
        await client.close()
    }

    @Test func `subscriptions to one name share one of the server, which ends with the last`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        let (one, two) = (Inbox(), Inbox())
        let first = client.subscribe(.channel, "c", receive: one.receive)
        let second = client.subscribe(.channel, "c", receive: two.receive)
        try await first.confirmed()
        try await second.confirmed()
        func subscribers() async throws -> Int? {
            try await client.send(RedisCommand("PUBSUB", "NUMSUB", "c")).elements?.last?.integer
        }
        #expect(try await subscribers() == 1)
        first.cancel()
        client.publish("x", on: "c")
        #expect(await two.next() == "c=x")
        second.cancel()
        while try await subscribers() != 0 {}
        await #expect(throws: RedisError.closed) { try await second.confirmed() }
        let third = client.subscribe(.channel, "c", receive: one.receive)
        try await third.confirmed()
        client.publish("y", on: "c")
        // The first subscriber would have got x before.
        #expect(await one.next() == "c=y")
        await client.close()
    }

    @Test func `a subscription isn't confirmed while there is no server`() async throws {
        let server = try await RedisServerProcess()
        server.stop()
        let client = server.client { $0.commandTimeout = .milliseconds(300) }
        let subscription = client.subscribe(.channel, "c") { _, _ in }
        await #expect(throws: RedisError.unreachable("Connection refused")) { try await subscription.confirmed() }
        await client.close()
    }
}
#endif
