/// Values that one middleware leaves for the handlers behind it, looked up by the type of a key.
///
/// ```swift
/// enum CurrentUser: RequestStorageKey { typealias Value = String }
/// var request = request
/// request.storage[CurrentUser.self] = "ada"
/// ```
public struct RequestStorage: Sendable {
    private var values: [ObjectIdentifier: any Sendable] = [:]

    init() {}

    /// The value stored under `key`, if any.
    public subscript<Key: RequestStorageKey>(key: Key.Type) -> Key.Value? {
        get { values[ObjectIdentifier(key)] as? Key.Value }
        set { values[ObjectIdentifier(key)] = newValue }
    }
}

/// A key of ``RequestStorage``: an empty type that names the type of its value.
public protocol RequestStorageKey {
    /// What is stored under this key.
    associatedtype Value: Sendable
}
