import Synchronization

/// A registered handler of a client, which can be removed.
///
/// `Encodable`, so that a handler whose only statement registers another handler compiles; the acknowledgement of such a handler is
/// empty.
public struct Subscription: Sendable, Hashable, Encodable {
    private static let last = Atomic<UInt64>(0)

    private let number: UInt64

    /// Makes a subscription that no other handler of the process has.
    init() {
        number = Self.last.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// Encodes nothing: a subscription means nothing outside of the process.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
    }
}
