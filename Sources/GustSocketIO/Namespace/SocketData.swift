import GustHTTP
import GustJSON
package import GustWire
import NIOCore
import Synchronization

/// Values that belong to one ``Socket``, by the keys that code declares.
///
/// The values are kept until the socket is deallocated. They are `Codable`, so that other nodes can read them; they are encoded only
/// when another node asks for them. May be used from any thread. To change a value depending on its present value, use
/// ``update(_:_:)``: the subscript reads and writes separately.
public final class SocketData: Sendable {
    /// A value as it was set, or as it was received from another node.
    private enum Entry: Sendable {
        case value(any Codable & Sendable)
        case encoded(JSONSlice)
    }

    private let entries: Mutex<[ByteText: Entry]>

    init() {
        entries = Mutex([:])
    }

    /// Makes the data of an encoded form.
    ///
    /// The values are kept byte for byte until they are decoded.
    /// - Throws: `DecodingError` if `encoded` isn't an object.
    package init(encoded: JSONSlice) throws {
        guard let members = encoded.detached.members else {
            let context = DecodingError.Context(codingPath: [], debugDescription: "the data of a socket is an object")
            throw DecodingError.typeMismatch(SocketData.self, context)
        }
        let pairs = members.map { (ByteText($0.name), Entry.encoded($0.value)) }
        entries = Mutex(Dictionary(pairs, uniquingKeysWith: { $1 }))
    }

    /// The value of a key; nil if it isn't set, or if the value can't be decoded as the type of the key.
    ///
    /// Setting nil removes the value.
    public subscript<Value>(key: SocketDataKey<Value>) -> Value? {
        get { entries.withLock { Self.value(of: key, in: $0) } }
        set {
            let former = entries.withLock { entries in
                defer { Self.set(newValue, of: key, in: &entries) }
                return entries[ByteText(key.name)]
            }
            // Freed without the lock: a value may use the data at its end.
            withExtendedLifetime(former) {}
        }
    }

    /// Changes the value of a key while no other thread can access the data.
    ///
    /// `body` must not access the data of the same socket.
    /// - Returns: what `body` returns.
    public func update<Value, Result>(
        _ key: SocketDataKey<Value>,
        _ body: (inout Value?) throws -> sending Result
    ) rethrows -> sending Result {
        var former: Entry?
        defer { withExtendedLifetime(former) {} }
        return try entries.withLock { entries in
            former = entries[ByteText(key.name)]
            var value = Self.value(of: key, in: entries)
            defer { Self.set(value, of: key, in: &entries) }
            return try body(&value)
        }
    }

    /// The values as a JSON object, its members ordered by the bytes of their names.
    ///
    /// - Throws: `EncodingError` if a value can't be encoded as JSON.
    package func encodedData() throws -> JSONSlice {
        let entries = entries.withLock { $0 }.sorted {
            $0.key.string.utf8.lexicographicallyPrecedes($1.key.string.utf8)
        }
        var text = ByteBuffer(string: "{")
        for (index, (name, entry)) in entries.enumerated() {
            if index > 0 { text.writeStaticString(",") }
            JSONText.write(name.string, into: &text)
            text.writeStaticString(":")
            switch entry {
            case .value(let value): text.writeImmutableBuffer(try JSONSlice.encode(value).bytes)
            case .encoded(let json): text.writeImmutableBuffer(json.bytes)
            }
        }
        text.writeStaticString("}")
        return JSONSlice(trusted: text)
    }

    private static func value<Value>(of key: SocketDataKey<Value>, in entries: [ByteText: Entry]) -> Value? {
        switch entries[ByteText(key.name)] {
        case .none: nil
        case .encoded(let json): try? json.decode(Value.self)
        case .value(let value): value as? Value ?? (try? JSONSlice.encode(value).decode(Value.self))
        }
    }

    private static func set<Value>(_ value: Value?, of key: SocketDataKey<Value>, in entries: inout [ByteText: Entry]) {
        entries[ByteText(key.name)] = value.map { .value($0) }
    }
}
