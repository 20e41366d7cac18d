#if Redis
import Gust
import GustRedis
import GustTesting
import Synchronization
import Testing

/// Servers whose connections to Redis are cut off by a proxy that passes no bytes, or pass them late.
@Suite(.timeLimit(.minutes(2))) struct PartitionTests {
    @Test(arguments: RedisNodes.Kind.allCases)
    func `a server that is cut off is named as silent, and hears the others again soon after its return`(
        kind: RedisNodes.Kind
    ) async throws {
        let redis = try await RedisServerProcess()
        let proxy = try await FaultyProxy(to: redis.port)
        try await RedisNodes.with(2, kind, on: redis, proxies: [1: proxy]) { nodes async throws in
            let (near, far) = (try await nodes[0].client.open(), try await nodes[1].client.open())
            nodes[0].io.emit("before")
            for socket in [near, far] { #expect(try await socket.next() == .event("before", [])) }
            proxy.stop()
            // The sockets of each side are served as before.
            nodes[0].io.everybody.local.emit("here")
            #expect(try await near.next() == .event("here", []))
            let found = await nodes[0].io.everybody.fetchSockets(timeout: .milliseconds(300))
            #expect(found.sockets.map(\.id) == [near.id] && found.silentNodes.count == 1)
            nodes[1].io.everybody.local.emit("there")
            #expect(try await far.next() == .event("there", []))
            proxy.pass()
            while await nodes[0].io["/"].serverCount() < 2 { await Task.yield() }
            nodes[0].io.emit("after")
            #expect(try await far.next(where: "after") == .event("after", []))
            nodes[1].io.emit("back")
            #expect(try await near.next(where: "back") == .event("back", []))
            #expect(await nodes[0].io.everybody.fetchSockets(timeout: .seconds(20)).silentNodes.isEmpty)
        }
        try await proxy.close()
    }

    @Test(arguments: RedisNodes.Kind.allCases)
    func `a slow Redis delays everything, loses nothing, and keeps its connections`(kind: RedisNodes.Kind) async throws
    {
        let redis = try await RedisServerProcess()
        let proxy = try await FaultyProxy(to: redis.port)
        try await RedisNodes.with(2, kind, on: redis, proxies: [1: proxy]) { nodes async throws in
            let far = try await nodes[1].client.open()
            let losses = Mutex(0)
            nodes[1].redis.observe { event in
                if case .lost = event { losses.withLock { $0 += 1 } }
            }
            proxy.delay(by: .milliseconds(150))
            for number in 0..<200 { nodes[0].io.emit("n", number) }
            for number in 0..<200 { #expect(try await far.next() == .event("n", ["\(number)"])) }
            let found = await nodes[0].io.everybody.fetchSockets(timeout: .seconds(20))
            #expect(found.sockets.map(\.id) == [far.id] && found.silentNodes.isEmpty)
            let replies = try await nodes[1].io["/"].serverSideEmitWithAcknowledgement(
                "number",
                10,
                timeout: .seconds(20)
            )
            #expect(replies.replies.count == 1 && replies.silentNodes.isEmpty)
            #expect(nodes.nodes.allSatisfy { $0.errors.all.isEmpty && $0.traffic.lostCount == 0 })
            #expect(losses.withLock { $0 } == 0)
            proxy.pass()
        }
        try await proxy.close()
    }
}

extension TestSocket {
    /// The next event with this name; others are dropped.
    fileprivate func next(where name: String) async throws -> Received {
        while true {
            let received = try await next()
            if case .event(let other, _, _) = received, other == name { return received }
        }
    }
}
#endif
