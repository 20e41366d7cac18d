#if Redis
import NIOCore
import Testing

@testable import GustRedis

/// The commands before the first command, and what the replies lead to.
@Suite struct RedisHandshakeTests {
    private func settings(_ edit: (inout RedisSettings) -> Void = { _ in }) -> RedisSettings {
        var settings = RedisSettings()
        edit(&settings)
        return settings
    }

    /// The words of the next command; nil if the handshake is over.
    private func words(_ action: RedisHandshake.Action) -> String? {
        if case .send(let command) = action { words(command) } else { nil }
    }

    private func words(_ command: RedisCommand) -> String {
        var bytes = ByteBuffer()
        command.writeHeader(into: &bytes)
        bytes.writeImmutableBuffer(command.arguments)
        let lines = String(buffer: bytes).split(separator: "\r\n", omittingEmptySubsequences: false)
        return stride(from: 2, to: lines.count, by: 2).map { lines[$0] }.joined(separator: " ")
    }

    private func refusal(_ action: RedisHandshake.Action) -> RedisError? {
        if case .refuse(let error) = action { error } else { nil }
    }

    @Test func `RESP3, password and name are one command, and the database and a check follow`() {
        var handshake = RedisHandshake(
            settings {
                $0.password = "secret"
                $0.database = 3
            }
        )
        #expect(words(handshake.start()) == "HELLO 3 AUTH default secret SETNAME gust")
        #expect(words(handshake.receive(.map([]))) == "SELECT 3")
        #expect(words(handshake.receive(.simpleString("OK"))) == "PING")
        guard case .finish = handshake.receive(.simpleString("PONG")) else {
            Issue.record("the handshake isn't over")
            return
        }
    }

    @Test func `a server without HELLO gets AUTH, and speaks RESP2`() {
        var handshake = RedisHandshake(
            settings {
                $0.username = "ada"
                $0.password = "secret"
            }
        )
        #expect(words(handshake.start()) == "HELLO 3 AUTH ada secret SETNAME gust")
        #expect(words(handshake.receive(.error("ERR unknown command `HELLO`"))) == "AUTH ada secret")
        #expect(words(handshake.receive(.simpleString("OK"))) == "CLIENT SETNAME gust")
        #expect(words(handshake.receive(.error("ERR unknown subcommand"))) == "PING")
    }

    @Test func `a wrong password and a server that loads its data are refusals`() {
        var handshake = RedisHandshake(settings())
        let text = "WRONGPASS invalid username-password pair or user is disabled."
        #expect(refusal(handshake.receive(.error(ByteBuffer(string: text)))) == .authenticationFailed(text))
        #expect(words(handshake.receive(.map([]))) == "PING")
        #expect(refusal(handshake.receive(.error("LOADING Redis is loading the dataset in memory"))) == .loading)
    }

    @Test(arguments: [
        ("NOAUTH Authentication required.", RedisError.authenticationFailed("NOAUTH Authentication required.")),
        ("ERR invalid password", .authenticationFailed("ERR invalid password")),
        ("NOPERM no permissions", .permissionDenied("NOPERM no permissions")),
        ("LOADING Redis is loading", .loading),
        ("READONLY You can't write against a read only replica.", .readOnlyReplica),
        ("MASTERDOWN Link with MASTER is down", .masterDown),
        ("OOM command not allowed", .outOfMemory),
        ("MISCONF Redis is configured to save", .cannotSave("MISCONF Redis is configured to save")),
        ("ERR unknown command 'SSUBSCRIBE'", .unknownCommand("ERR unknown command 'SSUBSCRIBE'")),
        ("WRONGTYPE Operation", .refused("WRONGTYPE Operation")),
        ("", .refused("")),
    ]) func `the code of an error decides about its case`(_ text: String, _ error: RedisError) {
        #expect(RedisError(server: ByteBuffer(string: text)) == error)
    }
}
#endif
