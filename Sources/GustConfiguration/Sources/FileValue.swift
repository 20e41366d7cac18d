#if Configuration
import GustHTTP
import GustJSON
import NIOCore

/// A value in a file of settings, before it has a type: JSON and YAML in one form.
indirect enum FileValue {
    case null
    /// A text, a number, or `true` or `false`.
    case scalar(String)
    case list([FileValue])
    case members([Member])

    struct Member {
        let name: String
        let value: FileValue
        /// The line of the name; nil in JSON.
        let line: Int?
    }

    /// The entry for a setting; nil for null.
    func entry(at place: String) -> SettingEntry? {
        switch self {
        case .null: return nil
        case .scalar(let text): return SettingEntry(content: .text(text), place: place)
        case .members: return SettingEntry(content: .unusable("a mapping"), place: place)
        case .list(let values):
            var elements: [String] = []
            for value in values {
                guard case .scalar(let text) = value else {
                    return SettingEntry(content: .unusable("a list whose elements aren't texts"), place: place)
                }
                elements.append(text)
            }
            return SettingEntry(content: .list(elements), place: place)
        }
    }
}

extension FileValue: Decodable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Decodes any value of JSON text; numbers keep their digits.
    init(from decoder: any Decoder) throws {
        guard let json = decoder as? JSONValueDecoder else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not JSON"))
        }
        if let text = json.stringIfPresent {
            self = .scalar(text)
            return
        }
        let text = json.text
        switch text.readableBytesView.first {
        case UInt8(ascii: "{"):
            let members = try decoder.container(keyedBy: Name.self)
            self = .members(
                try members.allKeys.map { name in
                    Member(name: name.stringValue, value: try members.decode(FileValue.self, forKey: name), line: nil)
                }
            )
        case UInt8(ascii: "["):
            var elements = try decoder.unkeyedContainer()
            var values: [FileValue] = []
            while !elements.isAtEnd { values.append(try elements.decode(FileValue.self)) }
            self = .list(values)
        case UInt8(ascii: "n"): self = .null
        default: self = .scalar(String(buffer: text))
        }
    }
}
#endif
