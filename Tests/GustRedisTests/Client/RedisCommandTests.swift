#if Redis
import GustRedis
import NIOCore
import Synchronization
import Testing

/// Commands to a real server.
@Suite(.timeLimit(.minutes(1))) struct RedisCommandTests {
    @Test func `commands of many tasks get their own replies`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<2_000 {
                group.addTask {
                    let reply = try await client.send(RedisCommand("ECHO", "\(number)"))
                    #expect(reply.integer == number)
                }
            }
            try await group.waitForAll()
        }
        // The size is free again at the end of the read in which the last reply came.
        while client.pendingBytes > 0 { await Task.yield() }
        await client.close()
    }

    @Test func `commands are pipelined, and replies come in order`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        let received = Mutex<[Int]>([])
        try await confirmation(expectedCount: 50_000) { replied in
            for number in 0..<50_000 {
                client.send(RedisCommand("ECHO", "\(number)")) { result in
                    let integer = (try? result.get())?.integer ?? -1
                    received.withLock { $0.append(integer) }
                    replied()
                }
            }
            _ = try await client.send(RedisCommand("PING"))
        }
        #expect(received.withLock { $0 } == Array(0..<50_000))
        await client.close()
    }

    @Test func `values of any bytes and of 20 MB are kept`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        for length in [0, 1, 16_383, 16_384, 20_000_000] {
            let value = ByteBuffer(repeating: 13, count: length)
            var set = RedisCommand("SET", "key")
            set.append(value)
            #expect(try await client.send(set) == .simpleString("OK"))
            #expect(try await client.send(RedisCommand("GET", "key")) == .bulkString(value))
        }
        await client.close()
    }

    @Test func `an error is thrown, and an error inside of a transaction is a value`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        _ = try await client.send(RedisCommand("SET", "text", "a"))
        await #expect(throws: RedisError.refused("ERR value is not an integer or out of range")) {
            _ = try await client.send(RedisCommand("INCR", "text"))
        }
        await #expect(throws: RedisError.self) { _ = try await client.send(RedisCommand("NOSUCHCOMMAND")) }
        for words in ["MULTI", "PING"] { _ = try await client.send(RedisCommand(words)) }
        _ = try await client.send(RedisCommand("INCR", "text"))
        let reply = try await client.send(RedisCommand("EXEC"))
        #expect(
            reply
                == .array([.simpleString("PONG"), .error("ERR value is not an integer or out of range")])
        )
        await client.close()
    }

    @Test func `RESP3 has maps, and the connection has a name and a database`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client { $0.database = 2 }
        let configuration = try await client.send(RedisCommand("CONFIG", "GET", "maxmemory"))
        #expect(configuration == .map([.bulkString("maxmemory"), .bulkString("0")]))
        let info = try #require(try await client.send(RedisCommand("CLIENT", "INFO")).bytes)
        #expect(String(buffer: info).contains(" name=gust ") && String(buffer: info).contains(" db=2 "))
        await client.close()
    }

    @Test func `a server without HELLO is used with RESP2`() async throws {
        let server = try await RedisServerProcess(["--rename-command", "HELLO", "", "--requirepass", "secret"])
        let client = server.client { $0.password = "secret" }
        let configuration = try await client.send(RedisCommand("CONFIG", "GET", "maxmemory"))
        #expect(configuration == .array([.bulkString("maxmemory"), .bulkString("0")]))
        let inbox = Inbox()
        let subscription = client.subscribe(.pattern, "a*", receive: inbox.receive)
        try await subscription.confirmed()
        client.publish("x", on: "ab")
        #expect(await inbox.next() == "ab=x")
        await client.close()
    }

    @Test func `commands beyond the bound fail at once, and the bound is free again after the replies`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client { $0.maximumPendingBytes = 10_000 }
        _ = try await client.send(RedisCommand("PING"))
        server.pause()
        let overloaded = Mutex(0)
        let task = Task { try await client.send(RedisCommand("PING")) }
        for _ in 0..<1_000 {
            client.publish("x", on: "c") { result in
                if case .failure(.overloaded) = result { overloaded.withLock { $0 += 1 } }
            }
        }
        #expect(overloaded.withLock { $0 } > 800)
        server.resume()
        _ = try? await task.value
        while client.pendingBytes > 0 { await Task.yield() }
        #expect(try await client.send(RedisCommand("PING")) == .simpleString("PONG"))
        await client.close()
    }

    @Test func `after the end commands are refused, and commands before it get their replies`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        _ = try await client.send(RedisCommand("PING"))
        let replies = Mutex(0)
        for _ in 0..<100 {
            client.send(RedisCommand("PING")) { result in
                if case .success = result { replies.withLock { $0 += 1 } }
            }
        }
        await client.close()
        #expect(replies.withLock { $0 } == 100)
        await #expect(throws: RedisError.closed) { _ = try await client.send(RedisCommand("PING")) }
        await client.close()
    }

    @Test func `a client of a Unix socket needs no port`() async throws {
        let server = try await RedisServerProcess(["--unixsocket", "FOLDER/redis.sock"])
        let client = server.client { $0.address = .unixSocket(path: server.folder + "/redis.sock") }
        #expect(try await client.send(RedisCommand("PING")) == .simpleString("PONG"))
        await client.close()
    }

    @Test func `a blocking command has a longer deadline on a client of its own`() async throws {
        let server = try await RedisServerProcess()
        let reader = server.client { $0.commandTimeout = .milliseconds(100) }
        let client = server.client()
        async let entries = reader.send(
            RedisCommand("XREAD", "BLOCK", "30000", "STREAMS", "s", "$"),
            timeout: .seconds(60)
        )
        // The entry must come after the command that waits for it.
        while true {
            let list = try await client.send(RedisCommand("CLIENT", "LIST")).bytes ?? ByteBuffer()
            if String(buffer: list).contains("cmd=xread") { break }
        }
        _ = try await client.send(RedisCommand("XADD", "s", "*", "a", "b"))
        guard case .map(let streams) = try await entries else {
            Issue.record("no entries")
            return
        }
        #expect(streams.first == .bulkString("s"))
        await reader.close()
        await client.close()
    }
}
#endif
