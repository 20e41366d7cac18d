import Synchronization

/// Makes the ids of requests: they begin at a random one, so that those of two nodes differ, and each is used once.
package final class RequestNumbers: Sendable {
    private let last = Atomic<UInt64>(UInt64.random(in: 0...UInt64.max))
    private let length: Int

    /// Makes ids of a length, in hexadecimal digits; of the number that a node has made the last digits are kept.
    package init(length: Int = 16) {
        self.length = length
    }

    /// A new id.
    package func next() -> String {
        let digits = String(last.wrappingAdd(1, ordering: .relaxed).newValue, radix: 16)
        return String(repeating: "0", count: max(0, length - digits.utf8.count)) + digits.suffix(length)
    }
}
