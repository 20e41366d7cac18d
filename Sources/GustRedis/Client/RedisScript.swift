#if Redis
import GustDigest
package import NIOCore

/// A script in Lua that Redis executes in one step.
///
/// Redis keeps scripts by the SHA-1 of their text: the text is sent only if Redis doesn't have it, for example after a restart.
package struct RedisScript: Sendable {
    private let text: String
    /// The SHA-1 of the text in hexadecimal digits.
    private let digest: String

    /// Makes a script of its text.
    package init(_ text: String) {
        self.text = text
        let digits = Array("0123456789abcdef".utf8)
        let bytes = Digest.sha1(text).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        digest = String(decoding: bytes, as: UTF8.self)
    }

    /// Executes the script, without a task.
    ///
    /// - Parameters:
    ///   - client: The client.
    ///   - keys: The keys that the script uses (`KEYS`).
    ///   - arguments: Its other arguments (`ARGV`).
    ///   - deadline: How long to wait for the result; nil for the timeout of the settings.
    ///   - completion: Is called once with the result, as by ``RedisClient/send(_:deadline:_:)``.
    package func run(
        on client: RedisClient,
        keys: [ByteBuffer],
        arguments: [ByteBuffer],
        deadline: Duration? = nil,
        _ completion: @escaping @Sendable (Result<RESPValue, RedisError>) -> Void
    ) {
        client.send(command("EVALSHA", digest, keys, arguments), deadline: deadline) { result in
            // The script wasn't executed, so that it may be sent again.
            if case .failure(let error) = result, error.isRefusal("NOSCRIPT") {
                client.send(command("EVAL", text, keys, arguments), deadline: deadline, completion)
            } else {
                completion(result)
            }
        }
    }

    /// Executes the script.
    ///
    /// - Parameters:
    ///   - client: The client.
    ///   - keys: The keys that the script uses (`KEYS`).
    ///   - arguments: Its other arguments (`ARGV`).
    ///   - deadline: How long to wait for the result; nil for the timeout of the settings.
    /// - Returns: The result.
    /// - Throws: ``RedisError``.
    package func run(
        on client: RedisClient,
        keys: [ByteBuffer],
        arguments: [ByteBuffer],
        deadline: Duration? = nil
    ) async throws -> RESPValue {
        try await withCheckedThrowingContinuation { continuation in
            run(on: client, keys: keys, arguments: arguments, deadline: deadline) { continuation.resume(with: $0) }
        }
    }

    private func command(
        _ name: String,
        _ script: String,
        _ keys: [ByteBuffer],
        _ arguments: [ByteBuffer]
    ) -> RedisCommand {
        var command = RedisCommand(name, script, String(keys.count))
        for key in keys { command.append(key) }
        for argument in arguments { command.append(argument) }
        return command
    }
}
#endif
