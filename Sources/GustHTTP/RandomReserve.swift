import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Random numbers of the operating system's secure source, of which the process keeps a few for the next secrets.
///
/// `SystemRandomNumberGenerator` makes a system call for each number, and each connection needs four. A number that was taken isn't kept.
struct RandomReserve: RandomNumberGenerator {
    /// How many numbers are fetched at once: as many as one call may ask for (getentropy(3)).
    private static let count = 32
    private static let reserve = Mutex<[UInt64]>([])

    /// Takes a number; fetches more if there is none.
    func next() -> UInt64 {
        Self.reserve.withLock { numbers in
            if numbers.isEmpty { Self.fill(&numbers) }
            if let last = numbers.last {
                numbers[numbers.count - 1] = 0
                numbers.removeLast()
                return last
            }
            var generator = SystemRandomNumberGenerator()
            return generator.next()
        }
    }

    /// Fetches numbers; none if the operating system has none yet.
    private static func fill(_ numbers: inout [UInt64]) {
        numbers = Array(unsafeUninitializedCapacity: count) { memory, filled in
            let size = count * MemoryLayout<UInt64>.size
            #if canImport(Darwin)
            arc4random_buf(memory.baseAddress, size)
            filled = count
            #else
            filled = getentropy(memory.baseAddress, size) == 0 ? count : 0
            #endif
        }
    }
}
