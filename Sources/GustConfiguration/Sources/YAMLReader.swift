#if Configuration
import GustHTTP
import Yams

/// Reads YAML, with the lines of the keys.
enum YAMLReader {
    /// The value of a text with one document; an empty text has no members.
    ///
    /// - Throws: ``SettingMistake`` with the line of the mistake, and without text of the file, which may have secrets.
    static func value(of text: String, _ path: String) throws(SettingMistake) -> FileValue {
        do {
            guard let root = try compose(yaml: text) else { return .members([]) }
            var remaining = SettingsFile.maximumCount
            return try value(of: root, path, &remaining)
        } catch let mistake as SettingMistake {
            throw mistake
        } catch let error as YamlError {
            throw mistake(error, path)
        } catch {
            throw SettingMistake(path, "the file isn't YAML")
        }
    }

    private static func value(
        of node: Node,
        _ path: String,
        _ remaining: inout Int
    ) throws(SettingMistake) -> FileValue {
        remaining -= 1
        guard remaining > 0 else {
            throw SettingMistake(path, "the file has more than \(SettingsFile.maximumCount) values")
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            let isNull = ["", "~", "null", "Null", "NULL"].contains { scalar.string.hasSameBytes(as: $0) }
            return isPlain && isNull ? .null : .scalar(scalar.string)
        case .sequence(let sequence):
            var values: [FileValue] = []
            for element in sequence { values.append(try value(of: element, path, &remaining)) }
            return .list(values)
        case .mapping(let mapping):
            var members: [FileValue.Member] = []
            for (key, element) in mapping {
                guard case .scalar(let name) = key else { throw SettingMistake(path, "a key isn't a text") }
                let inner = try value(of: element, path, &remaining)
                members.append(FileValue.Member(name: name.string, value: inner, line: name.mark?.line))
            }
            return .members(members)
        case .alias:
            throw SettingMistake(path, "an alias has no anchor")
        }
    }

    /// A mistake with a line and the problem in the parser's words: the descriptions of the errors quote the file.
    private static func mistake(_ error: YamlError, _ path: String) -> SettingMistake {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            SettingMistake("\(path):\(mark.line)", "the file isn't YAML: \(problem)")
        case .duplicatedKeysInMapping(_, let context):
            SettingMistake("\(path):\(context.mark.line)", "a key is set twice in a mapping")
        default: SettingMistake(path, "the file isn't YAML")
        }
    }
}
#endif
