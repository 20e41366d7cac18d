import GustWire
import NIOCore
import Synchronization

/// The user's data bag of one Socket.IO session: values by key, kept in a ``SessionStore`` when they are saved.
///
/// ```swift
/// func onMessage(_ message: Message) {
///     let count = (try? session.value(Int.self, for: "count")) ?? 0
///     try? session.set(count + 1, for: "count")
/// }
/// ```
///
/// May be used from anywhere. It lives as long as the session's connection; what was saved stays in the store until its time
/// there is over, also after the connection's end.
public final class Session: Sendable {
    /// The session's id, which is its Socket.IO session id: a secret of its client.
    public let id: String
    private let store: any SessionStore
    private let limit: Int
    private let values = Mutex<[String: JSONSlice]>([:])

    init(id: String, store: any SessionStore, limit: Int) {
        self.id = id
        self.store = store
        self.limit = limit
    }

    /// The value under `key`; nil if there is none.
    ///
    /// - Throws: ``ArgumentError`` or `DecodingError` if it is of another type.
    public func value<Value: Decodable>(_ type: Value.Type, for key: String) throws -> Value? {
        try values.withLock { $0[key] }?.decode(type)
    }

    /// Puts a value under `key`, instead of what was there.
    ///
    /// - Throws: `EncodingError` if the value can't be encoded; ``SessionError/tooLarge`` past
    ///   ``SocketIOSettings/maximumSessionSize``, and then nothing has changed.
    public func set(_ value: some Encodable, for key: String) throws {
        let json = try JSONSlice.encode(value)
        try values.withLock { values in
            var others = values
            others[key] = nil
            let size = others.reduce(key.utf8.count + json.bytes.readableBytes) {
                $0 + $1.key.utf8.count + $1.value.bytes.readableBytes
            }
            guard size <= limit else { throw SessionError.tooLarge }
            values[key] = json
        }
    }

    /// Takes the value under `key` out.
    public func remove(_ key: String) {
        values.withLock { $0[key] = nil }
    }

    /// Keeps the values in the store.
    ///
    /// - Throws: what the store throws.
    public func save() async throws {
        try await store.save(values.withLock { $0 }, for: id)
    }
}
