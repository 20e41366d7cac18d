/// Values that a middleware stores for inner handlers, by the type of a key.
///
/// ```swift
/// enum CurrentUser: RequestStorageKey { typealias Value = String }
/// var request = request
/// request.storage[CurrentUser.self] = "ada"
/// ```
public struct RequestStorage: Sendable {
    /// The values, in the order in which they were stored.
    ///
    /// A request has a few of them, which are found faster one by one than in a dictionary, and the first costs half the instructions.
    private var values: [Entry] = []

    private struct Entry {
        let key: ObjectIdentifier
        var value: any Sendable
    }

    package init() {}

    /// Whether no value is stored.
    var isEmpty: Bool { values.isEmpty }

    /// The value stored under `key`; nil if there is none.
    @inlinable
    public subscript<Key: RequestStorageKey>(key: Key.Type) -> Key.Value? {
        get {
            // Most requests have no value under a key, and a cast of nil would cost as much as the cast of a value.
            guard let value = value(of: ObjectIdentifier(key)) else { return nil }
            return value as? Key.Value
        }
        set { set(newValue, for: ObjectIdentifier(key)) }
    }

    // These aren't generic: the types of a generic method are looked up at each call.

    @usableFromInline
    func value(of key: ObjectIdentifier) -> (any Sendable)? {
        for index in values.indices where values[index].key == key { return values[index].value }
        return nil
    }

    @usableFromInline
    mutating func set(_ value: (any Sendable)?, for key: ObjectIdentifier) {
        let index = values.firstIndex { $0.key == key }
        switch (index, value) {
        case (let index?, let value?): values[index].value = value
        case (let index?, nil): values.remove(at: index)
        case (nil, let value?): values.append(Entry(key: key, value: value))
        case (nil, nil): break
        }
    }
}

/// A key of ``RequestStorage``: an empty type with the type of its value.
public protocol RequestStorageKey {
    /// The type of the value.
    associatedtype Value: Sendable
}
