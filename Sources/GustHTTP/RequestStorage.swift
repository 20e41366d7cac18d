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
    private var values: [(key: ObjectIdentifier, value: any Sendable)] = []

    package init() {}

    /// The value stored under `key`; nil if there is none.
    public subscript<Key: RequestStorageKey>(key: Key.Type) -> Key.Value? {
        get { index(of: ObjectIdentifier(key)).flatMap { values[$0].value as? Key.Value } }
        set {
            let key = ObjectIdentifier(key)
            switch (index(of: key), newValue) {
            case (let index?, let value?): values[index].value = value
            case (let index?, nil): values.remove(at: index)
            case (nil, let value?): values.append((key, value))
            case (nil, nil): break
            }
        }
    }

    private func index(of key: ObjectIdentifier) -> Int? { values.firstIndex { $0.key == key } }
}

/// A key of ``RequestStorage``: an empty type with the type of its value.
public protocol RequestStorageKey {
    /// The type of the value.
    associatedtype Value: Sendable
}
