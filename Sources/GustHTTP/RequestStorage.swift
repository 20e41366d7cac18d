/// Values that a middleware stores for inner handlers, by the type of a key.
///
/// ```swift
/// enum CurrentUser: RequestStorageKey { typealias Value = String }
/// var request = request
/// request.storage[CurrentUser.self] = "ada"
/// ```
public struct RequestStorage: Sendable {
    private var values: [ObjectIdentifier: any Sendable] = [:]

    package init() {}

    /// The value stored under `key`; nil if there is none.
    public subscript<Key: RequestStorageKey>(key: Key.Type) -> Key.Value? {
        get { values[ObjectIdentifier(key)] as? Key.Value }
        set { values[ObjectIdentifier(key)] = newValue }
    }
}

/// A key of ``RequestStorage``: an empty type with the type of its value.
public protocol RequestStorageKey {
    /// The type of the value.
    associatedtype Value: Sendable
}
