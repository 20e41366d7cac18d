#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Base64 for URLs and cookies, without padding (RFC 4648 §5).
package enum URLBase64 {
    package static func encode(_ bytes: Data) -> String {
        let text = bytes.base64EncodedString().utf8.lazy.filter { $0 != UInt8(ascii: "=") }
        return String(decoding: text.map { exchange($0, "+/", "-_") }, as: UTF8.self)
    }

    package static func decode(_ text: String) -> Data? {
        guard text.utf8.allSatisfy(isCharacter) else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let usual = String(decoding: text.utf8.lazy.map { exchange($0, "-_", "+/") }, as: UTF8.self)
        return Data(base64Encoded: usual + padding)
    }

    /// The byte of `new` at the position of `byte` in `old`; `byte` itself if `old` doesn't contain it.
    private static func exchange(_ byte: UInt8, _ old: StaticString, _ new: StaticString) -> UInt8 {
        for index in 0..<old.utf8CodeUnitCount where old.utf8Start[index] == byte { return new.utf8Start[index] }
        return byte
    }

    private static func isCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
