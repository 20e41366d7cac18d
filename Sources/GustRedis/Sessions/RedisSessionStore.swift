#if Redis
package import GustHTTP
public import GustSessions
import HTTPTypes
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Stores sessions in Redis, so that all nodes of a cluster have the same sessions.
///
/// ```swift
/// let redis = RedisClient(RedisSettings(.host("10.0.0.7")))
/// app.use(try Sessions(keys: SigningKeys(secret), store: RedisSessionStore(redis)))
/// ```
///
/// A session ends by itself in Redis at the end of its lifetime. Saves are compared by version and stored in one step, so that no node overwrites
/// the changes of another one. If Redis is away, is full or doesn't reply within the command timeout, the request is answered with 503. If Redis
/// refuses the password or a command, it is answered with 500, and the error is logged.
///
/// Sessions survive a restart of Redis only if Redis saves its data. On a Redis Cluster all keys must be in one slot: use a prefix with a hash
/// tag, such as `{session}:`. Available with the package trait `Redis`.
public final class RedisSessionStore: SessionStore {
    private let client: RedisClient
    private let prefix: String
    private let now: @Sendable () -> HTTPDate

    /// Makes a store.
    ///
    /// - Parameters:
    ///   - client: The client, which may be used for other purposes too.
    ///   - prefix: What all keys of the store begin with; `session:` with an id or `user:` with a user follows.
    public convenience init(_ client: RedisClient, prefix: String = "gust:") {
        self.init(client, prefix: prefix) { HTTPDate.now }
    }

    /// Makes a store with a clock.
    package init(_ client: RedisClient, prefix: String = "gust:", now: @escaping @Sendable () -> HTTPDate) {
        self.client = client
        self.prefix = prefix
        self.now = now
    }

    /// Returns a session; nil if the store has none with this id, or if it has expired.
    public func load(_ id: String) async throws -> SessionRecord? {
        let now = now().seconds
        let reply = try await explained { [client] in
            try await client.send(RedisCommand("HGET", sessionKey(id), "r"))
        }
        guard let bytes = reply.bytes else { return nil }
        let record = try JSONDecoder().decode(SessionRecord.self, from: Data(bytes.readableBytesView))
        return record.expires > now ? record : nil
    }

    /// Stores a session, if the stored version of it is that of `record`.
    ///
    /// - Returns: Whether the record was stored.
    public func save(_ record: SessionRecord, for id: String) async throws -> Bool {
        let now = now().seconds
        var next = record
        next.version += 1
        // PEXPIRE refuses times after the year 292,000,000.
        let lifetime = record.expires > 1 << 50 ? -1 : max(0, record.expires - now) * 1_000
        var keys = [sessionKey(id)]
        var arguments = [record.version, next.version, now, record.expires, lifetime].map(String.init)
        arguments.append(String(decoding: try JSONEncoder().encode(next), as: UTF8.self))
        arguments.append(id)
        if let user = record.user {
            keys.append(userKey(user))
            arguments.append(user)
        }
        let reply = try await explained { [client, keys, arguments] in
            try await RedisSessionScripts.save.run(
                on: client,
                keys: keys.map { ByteBuffer(string: $0) },
                arguments: arguments.map { ByteBuffer(string: $0) }
            )
        }
        return reply.integer == 1
    }

    /// Removes a session; does nothing if there is none.
    public func remove(_ id: String) async throws {
        _ = try await explained { [client] in try await client.send(RedisCommand("DEL", sessionKey(id))) }
    }

    /// Removes all sessions of a user, except the session with the id `kept`.
    ///
    /// - Returns: The ids of the removed sessions.
    public func removeAll(of user: String, except kept: String?) async throws -> [String] {
        let arguments = [sessionKey(""), user] + (kept.map { [$0] } ?? [])
        let reply = try await explained { [client] in
            try await RedisSessionScripts.removeAll.run(
                on: client,
                keys: [ByteBuffer(string: userKey(user))],
                arguments: arguments.map { ByteBuffer(string: $0) }
            )
        }
        return (reply.elements ?? []).compactMap { $0.bytes.map { String(buffer: $0) } }
    }

    private func sessionKey(_ id: String) -> String { "\(prefix)session:\(id)" }

    private func userKey(_ user: String) -> String { "\(prefix)user:\(user)" }

    /// Calls `body`; errors that pass with time become an ``HTTPError`` with status 503.
    private func explained(_ body: () async throws -> RESPValue) async throws -> RESPValue {
        do {
            return try await body()
        } catch let error as RedisError where error.isTransient {
            throw HTTPError(
                .serviceUnavailable,
                "the store of the sessions can't be used at the moment",
                headers: [.retryAfter: "1"]
            )
        }
    }
}
#endif
