#if Redis
/// Reads the numbers of RESP by their grammar.
enum RESPNumber {
    /// The integer whose decimal digits, perhaps after a sign, are `bytes`; nil if there are other bytes, or if it exceeds 64 bits.
    static func integer(_ bytes: some Collection<UInt8>) -> Int? {
        var digits = bytes[...]
        var isNegative = false
        if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            digits.removeFirst()
        }
        guard !digits.isEmpty else { return nil }
        var value = 0
        for byte in digits {
            let digit = Int(byte) - 0x30
            guard 0...9 ~= digit else { return nil }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            // The smallest integer has no positive counterpart, so negative numbers are made by subtraction.
            let (sum, hasOverflowed) =
                isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !isTooLarge, !hasOverflowed else { return nil }
            value = sum
        }
        return value
    }

    /// The floating-point number in `bytes`: `inf`, `-inf`, `nan`, or digits, perhaps with a fraction and an exponent.
    static func double(_ bytes: some Collection<UInt8>) -> Double? {
        if bytes.elementsEqual("inf".utf8) { return .infinity }
        if bytes.elementsEqual("-inf".utf8) { return -.infinity }
        if bytes.elementsEqual("nan".utf8) || bytes.elementsEqual("-nan".utf8) { return .nan }
        // The initialiser of Double also reads hexadecimal digits and names.
        let allowed = bytes.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
                UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard allowed else { return nil }
        return Double(String(decoding: bytes, as: UTF8.self))
    }

    /// Whether `bytes` are the decimal digits of an integer of any size, perhaps after a sign.
    static func isBigNumber(_ bytes: some Collection<UInt8>) -> Bool {
        var digits = bytes[...]
        if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { digits.removeFirst() }
        return !digits.isEmpty && digits.allSatisfy { 0x30...0x39 ~= $0 }
    }
}
#endif
