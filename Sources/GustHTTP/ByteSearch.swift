#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension UnsafeRawBufferPointer {
    /// The offset of the first `byte` at or after `start`; nil if there is none.
    ///
    /// This uses `memchr`, which compares many bytes at once; `firstIndex(of:)` compares one byte at a time.
    package func offset(of byte: UInt8, from start: Int = 0) -> Int? {
        guard start < count, let baseAddress else { return nil }
        guard let found = memchr(baseAddress + start, Int32(byte), count - start) else { return nil }
        return UnsafeRawPointer(found) - baseAddress
    }

    /// Whether these are the bytes of `text`.
    package func hasSameBytes(as text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount, let baseAddress else { return false }
        return memcmp(baseAddress, text.utf8Start, count) == 0
    }
}
