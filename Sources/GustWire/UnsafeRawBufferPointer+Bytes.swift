#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension UnsafeRawBufferPointer {
    /// Whether these are the bytes of `text`, which isn't empty.
    func hasBytes(of text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount, let baseAddress else { return false }
        return memcmp(baseAddress, text.utf8Start, count) == 0
    }

    /// Whether the first three bytes are these ASCII characters; there are at least three bytes.
    func hasBytes(_ first: Unicode.Scalar, _ second: Unicode.Scalar, _ third: Unicode.Scalar) -> Bool {
        self[0] == UInt8(ascii: first) && self[1] == UInt8(ascii: second) && self[2] == UInt8(ascii: third)
    }

    /// The offset of the first `byte` at or after `start`; nil if there is none.
    func offset(of byte: UInt8, from start: Int) -> Int? {
        guard start < count, let baseAddress else { return nil }
        guard let found = memchr(baseAddress + start, Int32(byte), count - start) else { return nil }
        return UnsafeRawPointer(found) - baseAddress
    }
}
