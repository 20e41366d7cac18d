package import HTTPTypes

/// The names of common header fields, found by their bytes: a common name costs neither parsing nor an allocation.
package enum KnownFieldNames {
    private struct Entry: Sendable {
        let lowercase: [UInt8]
        let name: HTTPField.Name
    }

    /// `Host`, for which HTTPTypes has no constant.
    package static let host = HTTPField.Name("Host")

    private static let byLength: [[Entry]] = {
        let names: [HTTPField.Name] = [
            .accept, .acceptEncoding, .acceptLanguage, .authorization, .cacheControl, .connection, .contentLength,
            .contentType, .cookie, .expect, .ifModifiedSince, .ifNoneMatch, .origin, .range, .referer,
            .secWebSocketExtensions, .secWebSocketKey, .secWebSocketVersion, .transferEncoding, .upgrade, .userAgent,
        ]
        var table = Array(repeating: [Entry](), count: 32)
        for name in names + [host].compactMap({ $0 }) {
            let lowercase = Array(name.canonicalName.utf8)
            table[lowercase.count].append(Entry(lowercase: lowercase, name: name))
        }
        return table
    }()

    /// The common name with these bytes, ignoring the case of ASCII letters; nil if these bytes aren't a common name.
    package static func name(for bytes: UnsafeRawBufferPointer) -> HTTPField.Name? {
        guard bytes.count < byLength.count else { return nil }
        entries: for entry in byLength[bytes.count] {
            for index in 0..<bytes.count {
                let byte = bytes[index]
                let lowercase = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
                guard lowercase == entry.lowercase[index] else { continue entries }
            }
            return entry.name
        }
        return nil
    }
}
