/// Percent-encoding (RFC 3986 §2.1) of paths, queries and forms.
package enum PercentEncoding {
    /// Decodes a path once for matching: all escapes except `%2F` and `%25`, which stay encoded, in upper case.
    ///
    /// - Returns: nil if the path has an invalid escape, an escaped control character, or bytes that aren't UTF-8.
    static func decodeForMatching(_ path: UnsafeBufferPointer<UInt8>) -> String? {
        decode(path) { byte in
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "%"): .keep
            case 0..<0x20, 0x7F: .refuse
            default: .replace
            }
        }
    }

    /// Decodes the text of one capture: the escapes that ``decodeForMatching(_:)`` has left encoded.
    package static func decodeCapture(_ text: Substring) -> String {
        var text = text
        return text.withUTF8 { decodeCapture($0) }
    }

    /// Decodes the text of one capture, which is valid UTF-8.
    static func decodeCapture(_ text: UnsafeBufferPointer<UInt8>) -> String {
        let isEncoded = UnsafeRawBufferPointer(text).offset(of: UInt8(ascii: "%")) != nil
        let decoded = isEncoded ? decode(text) { _ in .replace } : nil
        return decoded ?? String(decoding: text, as: UTF8.self)
    }

    /// Decodes a name or value of a query or form; `isEncoded` is whether it has a `%` or a `+`.
    ///
    /// `+` is a space. A `%` without two hexadecimal digits stays unchanged. After decoding, bytes that aren't UTF-8 become
    /// U+FFFD.
    /// Source: the URL standard, "percent-decode" and "application/x-www-form-urlencoded parsing".
    static func decodeFormComponent(_ bytes: UnsafeRawBufferPointer, isEncoded: Bool) -> String {
        guard isEncoded else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: formBytes(bytes), as: UTF8.self)
    }

    /// Whether the encoded name of a parameter of a query or form, which has a `%` or a `+`, is `name` after decoding.
    static func isFormComponent(_ bytes: UnsafeRawBufferPointer, spelling name: UnsafeRawBufferPointer) -> Bool {
        // Decoding never makes a name longer: the three bytes of an escape become one byte, or U+FFFD, which has three.
        guard bytes.count >= name.count, let first = bytes.first else { return bytes.count == name.count }
        // The first byte tells most names apart, unless it is encoded.
        guard first == name.first || first == UInt8(ascii: "%") || first == UInt8(ascii: "+") else { return false }
        // The decoded text is compared, in which bytes that aren't UTF-8 are U+FFFD.
        return String(decoding: formBytes(bytes), as: UTF8.self).utf8.elementsEqual(name)
    }

    /// The decoded bytes of a name or value of a query or form.
    static func formBytes(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "%"), index + 1 < bytes.count, let high = value(bytes[index]),
                let low = value(bytes[index + 1])
            {
                decoded.append(high << 4 | low)
                index += 2
            } else {
                decoded.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return decoded
    }

    /// Whether a query or form, or a part of it, has a `%` or a `+`, so that decoding may change it.
    static func isEncoded(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.offset(of: UInt8(ascii: "%")) != nil || bytes.offset(of: UInt8(ascii: "+")) != nil
    }

    /// Encodes `text` as one path segment: all bytes except unreserved characters (RFC 3986 §2.3).
    package static func encodeSegment(_ text: String) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if byte.isLetterOrDigit || "-._~".utf8.contains(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), hexadecimalDigit(byte >> 4), hexadecimalDigit(byte & 15)]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private enum Verdict { case replace, keep, refuse }

    private static func decode(
        _ bytes: some Collection<UInt8>,
        _ verdict: (UInt8) -> Verdict
    ) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(value), let low = iterator.next().flatMap(value) else {
                return nil
            }
            let value = high << 4 | low
            switch verdict(value) {
            case .replace: decoded.append(value)
            case .keep:
                decoded += [UInt8(ascii: "%"), hexadecimalDigit(high), hexadecimalDigit(low)]
            case .refuse: return nil
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }

    private static func value(ofHexadecimalDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static let value = value(ofHexadecimalDigit:)

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
