#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The masking keys of the clients of one loop (RFC 6455 §5.3), which nobody can predict.
///
/// A number of `SystemRandomNumberGenerator` costs a system call on Linux, so the bytes of 256 keys are taken from the system at
/// once. Each key is used once. Used on one loop.
package final class MaskingKeys {
    /// The most bytes that one call of `getentropy` returns.
    private static let maximumEntropy = 256

    private var keys: [UInt32]
    private var position: Int
    /// Whether the keys are used again after the last one.
    private let isRepeating: Bool

    /// Makes random keys; the first ones are made when they are needed.
    package init() {
        keys = []
        position = 0
        isRepeating = false
    }

    /// Makes keys for tests: `keys` again and again, each with its bytes in the order of the frame.
    package init(repeating keys: [UInt32]) {
        precondition(!keys.isEmpty, "a frame needs a key")
        self.keys = keys
        position = 0
        isRepeating = true
    }

    /// The next key.
    package func next() -> UInt32 {
        if position == keys.count {
            if !isRepeating { refill() }
            position = 0
        }
        defer { position += 1 }
        return keys[position]
    }

    private func refill() {
        if keys.isEmpty { keys = [UInt32](repeating: 0, count: 256) }
        let hasFailed = keys.withUnsafeMutableBytes { bytes in
            stride(from: 0, to: bytes.count, by: Self.maximumEntropy).contains { start in
                let length = min(Self.maximumEntropy, bytes.count - start)
                return bytes.baseAddress.map { getentropy($0 + start, length) } != 0
            }
        }
        guard hasFailed else { return }
        // The system has no such call, as in some sandboxes.
        var generator = SystemRandomNumberGenerator()
        for index in keys.indices { keys[index] = generator.next() }
    }
}
