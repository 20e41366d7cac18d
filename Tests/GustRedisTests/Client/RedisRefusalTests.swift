#if Redis
import GustRedis
import InMemoryLogging
import Logging
import NIOCore
import Testing

/// Servers that refuse: the error says why, and what to do.
@Suite(.timeLimit(.minutes(1))) struct RedisRefusalTests {
    @Test func `a wrong password is an error with a hint, which is logged once, and the right one works`() async throws
    {
        let server = try await RedisServerProcess(["--requirepass", "secret"])
        let handler = InMemoryLogHandler()
        var settings = server.settings
        settings.password = "wrong"
        settings.commandTimeout = .seconds(2)
        settings.maximumBackOff = .milliseconds(50)
        let client = RedisClient(settings, logger: Logger(label: "redis") { _ in handler })
        let text = "WRONGPASS invalid username-password pair or user is disabled."
        await #expect(throws: RedisError.authenticationFailed(text)) {
            _ = try await client.send(RedisCommand("PING"))
        }
        #expect("\(RedisError.authenticationFailed(text))".contains("check username and password in RedisSettings"))
        let entries = handler.entries.filter { "\($0.message)".contains("WRONGPASS") }
        #expect(entries.count == 1)
        #expect(!handler.entries.contains { "\($0)".contains("wrong") })
        await client.close()
        let other = server.client { $0.password = "secret" }
        #expect(try await other.send(RedisCommand("PING")) == .simpleString("PONG"))
        await other.close()
    }

    @Test func `a missing password is an error`() async throws {
        let server = try await RedisServerProcess(["--requirepass", "secret"])
        let client = server.client()
        let events = EventLog(client)
        client.start()
        guard case .refused(_, .authenticationFailed(let text)) = await events.next(where: { _ in true }) else {
            Issue.record("the password isn't missed")
            return
        }
        #expect(text.contains("NOAUTH"))
        await client.close()
    }

    @Test func `a user of the access control list may do what its rules say`() async throws {
        let server = try await RedisServerProcess([
            "--user", "ada", "on", ">secret", "~a*", "&a*", "+@all", "-flushall",
        ])
        let client = server.client {
            $0.username = "ada"
            $0.password = "secret"
        }
        #expect(try await client.send(RedisCommand("SET", "a1", "x")) == .simpleString("OK"))
        for words in [RedisCommand("SET", "b", "x"), RedisCommand("FLUSHALL"), RedisCommand("PUBLISH", "b", "x")] {
            await #expect {
                _ = try await client.send(words)
            } throws: {
                if case RedisError.permissionDenied = $0 { true } else { false }
            }
        }
        // The user may not subscribe to the channel of the probe, and the other subscriptions work.
        let inbox = Inbox()
        let allowed = client.subscribe(.channel, "a2", receive: inbox.receive)
        let forbidden = client.subscribe(.channel, "b2", receive: inbox.receive)
        try await allowed.confirmed()
        await #expect {
            try await forbidden.confirmed()
        } throws: {
            if case RedisError.permissionDenied = $0 { true } else { false }
        }
        client.publish("x", on: "a2")
        #expect(await inbox.next() == "a2=x")
        await client.close()
    }

    @Test func `a full server, one that can't save, and a replica refuse writes`() async throws {
        let server = try await RedisServerProcess(["--maxmemory", "1"])
        let client = server.client()
        await #expect(throws: RedisError.outOfMemory) { _ = try await client.send(RedisCommand("SET", "a", "b")) }
        _ = try await client.send(RedisCommand("CONFIG", "SET", "maxmemory", "0"))
        _ = try await client.send(RedisCommand("SET", "a", "b"))

        let replica = try await RedisServerProcess(["--replicaof", "127.0.0.1 \(server.port)"])
        let other = replica.client()
        await #expect(throws: RedisError.readOnlyReplica) { _ = try await other.send(RedisCommand("SET", "a", "b")) }
        await other.close()
        await client.close()
    }

    @Test func `a server that can't save refuses writes`() async throws {
        let server = try await RedisServerProcess(["--save", "3600 1000000"])
        let client = server.client()
        _ = try await client.send(RedisCommand("SET", "a", "b"))
        // The folder of the file doesn't exist any more.
        server.removeFolder()
        _ = try? await client.send(RedisCommand("BGSAVE"))
        while true {
            let information = try await client.send(RedisCommand("INFO", "persistence")).bytes ?? ByteBuffer()
            if String(buffer: information).contains("rdb_last_bgsave_status:err") { break }
        }
        await #expect {
            _ = try await client.send(RedisCommand("SET", "a", "b"))
        } throws: {
            if case RedisError.cannotSave = $0 { true } else { false }
        }
        await client.close()
    }

    @Test func `a server that isn't there is named`() async throws {
        let server = try await RedisServerProcess()
        server.stop()
        let client = server.client { $0.commandTimeout = .milliseconds(300) }
        await #expect(throws: RedisError.unreachable("Connection refused")) {
            _ = try await client.send(RedisCommand("PING"))
        }
        await client.close()
    }
}
#endif
