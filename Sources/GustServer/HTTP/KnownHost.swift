import GustHTTP

/// Checks values of the field `Host`, and remembers the last valid one, because nearly all requests of a server have the same.
///
/// Used on one loop only.
final class KnownHost {
    /// The greatest length, in bytes, of a value that is remembered.
    private static let maximumLength = 256

    // `@exclusivity(unchecked)` is safe: each access is a comparison or a store, which call nothing back.
    @exclusivity(unchecked) private var last: [UInt8] = []

    /// Whether `value` is a valid host with an optional port, or empty.
    func isValid(_ value: UnsafeRawBufferPointer) -> Bool {
        if !value.isEmpty, last.hasSameBytes(as: value) { return true }
        guard HostText.isValid(value, mayBeEmpty: true) else { return false }
        if value.count <= Self.maximumLength {
            last.removeAll(keepingCapacity: true)
            last.append(contentsOf: value)
        }
        return true
    }
}
