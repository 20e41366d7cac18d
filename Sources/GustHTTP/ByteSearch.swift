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

    /// Whether the bytes of `text`, which isn't empty, are among these.
    package func contains(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        var start = 0
        while let found = offset(of: text.utf8Start[0], from: start), found + length <= count {
            if UnsafeRawBufferPointer(rebasing: self[found..<(found + length)]).hasSameBytes(as: text) { return true }
            start = found + 1
        }
        return false
    }

    /// Whether these bytes begin with those of `prefix`.
    package func hasBytePrefix(_ prefix: UnsafeRawBufferPointer) -> Bool {
        guard prefix.count <= count, let baseAddress, let start = prefix.baseAddress else { return prefix.isEmpty }
        return memcmp(baseAddress, start, prefix.count) == 0
    }

    /// Whether these are the bytes of `text`.
    package func hasSameBytes(as text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount, let baseAddress else { return false }
        return memcmp(baseAddress, text.utf8Start, count) == 0
    }
}
