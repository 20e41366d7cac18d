import Synchronization

/// Names one registered handler or middleware, so that it can be removed by ``Socket/off(_:)-(HandlerToken)`` or
/// ``SocketScope/off(_:)``.
///
/// `Encodable`, so that a handler whose only statement registers another handler compiles; the acknowledgement of such a
/// handler is empty.
public struct HandlerToken: Sendable, Hashable, Encodable {
    private static let last = Atomic<UInt64>(0)

    private let number: UInt64

    /// Makes a token that no other handler of the process has.
    init() {
        number = Self.last.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// Encodes nothing: a token means nothing outside of the process.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
    }
}
