#if Redis && TLS
import Foundation
import GustRedis
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct RedisTLSTests {
    private static let certificates = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../GustTLSTests/Certificates").standardized.path

    private func server() async throws -> RedisServerProcess {
        let folder = RedisTLSTests.certificates
        return try await RedisServerProcess([
            "--tls-port", "PORT", "--port", "0", "--tls-cert-file", "\(folder)/server.pem",
            "--tls-key-file", "\(folder)/server.key", "--tls-ca-cert-file", "\(folder)/authority.pem",
            "--tls-auth-clients", "optional",
        ])
    }

    @Test func `commands and subscriptions use TLS`() async throws {
        let server = try await server()
        let client = server.client {
            $0.tls = RedisTLS(authorities: "\(RedisTLSTests.certificates)/authority.pem")
            $0.tls?.serverName = "localhost"
        }
        #expect(try await client.send(RedisCommand("PING")) == .simpleString("PONG"))
        let inbox = Inbox()
        try await client.subscribe(.channel, "a", receive: inbox.receive).confirmed()
        client.publish("x", on: "a")
        #expect(await inbox.next() == "a=x")
        await client.close()
    }

    @Test func `a certificate of an unknown authority, or for another name, is refused`() async throws {
        let server = try await server()
        let unknown = server.client {
            $0.tls = RedisTLS(authorities: "\(RedisTLSTests.certificates)/stranger.pem")
            $0.tls?.serverName = "localhost"
        }
        let other = server.client {
            $0.tls = RedisTLS(authorities: "\(RedisTLSTests.certificates)/authority.pem")
            $0.tls?.serverName = "redis.example.org"
        }
        for client in [unknown, other] {
            let events = EventLog(client)
            client.start()
            await events.next { if case .refused(.commands, .tls) = $0 { true } else { false } }
            await client.close()
        }
    }

    @Test func `a file that doesn't exist is named`() async throws {
        let server = try await server()
        let client = server.client {
            $0.tls = RedisTLS(authorities: "/nonexistent.pem")
        }
        let events = EventLog(client)
        client.start()
        await events.next { if case .refused(.commands, .tls) = $0 { true } else { false } }
        await client.close()
    }
}
#endif
