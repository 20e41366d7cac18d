#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Numbers out of checked JSON text.
enum JSONNumber {
    private static let zero = UInt8(ascii: "0")

    /// The value of up to 18 digits, possibly behind a sign; nil for a longer text.
    @inline(__always)
    static func shortInteger(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = bytes[0] == UInt8(ascii: "-")
        let first = isNegative ? 1 : 0
        guard bytes.count - first <= 18 else { return nil }
        var value: Int64 = 0
        for index in first..<bytes.count { value = value &* 10 &+ Int64(bytes[index] &- zero) }
        return isNegative ? -value : value
    }

    /// The integer; nil if the number isn't one, or if `Integer` can't hold it.
    ///
    /// `1.0` and `1e3` are integers. The number is compared exactly: 1.0000000000000000001 isn't an integer.
    static func integer<Integer: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer) -> Integer? {
        if let parts = Parts(bytes), parts.scale == 0, !parts.isTruncated {
            return Integer(exactly: parts.isNegative ? -Int128(parts.digits) : Int128(parts.digits))
        }
        return longInteger(bytes)
    }

    /// The integer of a number with a fraction, an exponent or many digits.
    private static func longInteger<Integer: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer) -> Integer? {
        let isNegative = bytes[0] == UInt8(ascii: "-")
        var scale = 0
        var isFraction = false
        var end = isNegative ? 1 : 0
        // Zeros at the end of the digits are counted, so that `100e-2` is an integer.
        var trailingZeros = 0
        var digitCount = 0
        while end < bytes.count, bytes[end] | 0x20 != UInt8(ascii: "e") {
            if bytes[end] == UInt8(ascii: ".") {
                isFraction = true
            } else {
                if isFraction { scale -= 1 }
                digitCount += 1
                trailingZeros = bytes[end] == zero ? trailingZeros + 1 : 0
            }
            end += 1
        }
        guard trailingZeros < digitCount else { return 0 }
        scale += exponent(bytes, from: end) + trailingZeros
        guard scale >= 0 else { return nil }
        var value: Integer = 0
        var remaining = digitCount - trailingZeros
        for byte in bytes[(isNegative ? 1 : 0)..<end] where byte != UInt8(ascii: ".") && remaining > 0 {
            remaining -= 1
            guard append(byte - zero, to: &value, isNegative) else { return nil }
        }
        while scale > 0 {
            guard append(0, to: &value, isNegative) else { return nil }
            scale -= 1
        }
        return value
    }

    private static func append<Integer: FixedWidthInteger>(
        _ digit: UInt8,
        to value: inout Integer,
        _ isNegative: Bool
    ) -> Bool {
        let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
        let digit = Integer(digit)
        let (sum, overflows) =
            isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
        value = sum
        return !isTooLarge && !overflows
    }

    /// The exponent of a number whose `e` is at `index`, at most a million; 0 at the end of the text.
    private static func exponent(_ bytes: UnsafeRawBufferPointer, from index: Int) -> Int {
        guard index < bytes.count else { return 0 }
        var index = index + 1
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
        var value = 0
        for byte in bytes[index...] { value = min(value * 10 + Int(byte - zero), 1_000_000) }
        return isNegative ? -value : value
    }

    // MARK: Floating point

    /// The nearest value; nil if the number is too large.
    static func double(_ bytes: UnsafeRawBufferPointer) -> Double? {
        // The digits and the power of ten are exact, so that their quotient or product is rounded once (Clinger).
        if let parts = Parts(bytes), !parts.isTruncated, parts.digits <= 1 << 53, abs(parts.scale) <= 22 {
            let digits = Double(parts.digits)
            let power = powersOfTen[abs(parts.scale)]
            let value = parts.scale < 0 ? digits / power : digits * power
            return parts.isNegative ? -value : value
        }
        guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    /// The nearest value; nil if the number is too large.
    static func float(_ bytes: UnsafeRawBufferPointer) -> Float? {
        guard let value = Float(String(decoding: bytes, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// The decimal number, with the 38 digits that `Decimal` keeps; nil if its exponent is too large or too small.
    static func decimal(_ bytes: UnsafeRawBufferPointer) -> Decimal? {
        guard let value = Decimal(string: String(decoding: bytes, as: UTF8.self)), !value.isNaN else { return nil }
        return value
    }

    /// A number of up to 19 digits: `digits` times ten to the power of `scale`.
    private struct Parts {
        var digits: UInt64 = 0
        var scale = 0
        let isNegative: Bool
        /// Whether there are more digits, so that `digits` isn't all of them.
        var isTruncated = false

        @inline(__always)
        init?(_ bytes: UnsafeRawBufferPointer) {
            isNegative = bytes[0] == UInt8(ascii: "-")
            var index = isNegative ? 1 : 0
            var count = 0
            var isFraction = false
            while index < bytes.count {
                let digit = bytes[index] &- JSONNumber.zero
                if digit < 10 {
                    digits = digits &* 10 &+ UInt64(digit)
                    if digits > 0 { count += 1 }
                    if isFraction { scale -= 1 }
                } else if bytes[index] == UInt8(ascii: ".") {
                    isFraction = true
                } else {
                    scale += JSONNumber.exponent(bytes, from: index)
                    break
                }
                index += 1
            }
            if count > 19 { isTruncated = true }
        }
    }
}
