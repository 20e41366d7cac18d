#if Configuration
import GustHTTP
import GustJSON
import NIOCore

/// A file with settings, in JSON (`.json`) or YAML (`.yaml`, `.yml`).
///
/// Of members of a JSON object with one key, the first one counts; in YAML they are a mistake.
enum SettingsFile {
    /// The greatest number of values in a file: aliases of YAML can make many out of few bytes.
    static let maximumCount = 10_000

    /// The entries of a file, under their keys; nil if there is no such file.
    ///
    /// - Throws: ``SettingMistake`` if the file can't be read, or if its text is malformed.
    static func source(_ path: String) throws(SettingMistake) -> SettingsSource? {
        guard let text = try ConfigurationFile.text(of: path) else { return nil }
        var source = SettingsSource(.key, isFile: true)
        guard case .members(let members) = try value(of: text, path) else {
            throw SettingMistake(path, "expected a mapping of keys to values")
        }
        var remaining = maximumCount
        try add(members, under: "", path, to: &source, &remaining)
        return source
    }

    private static func value(of text: String, _ path: String) throws(SettingMistake) -> FileValue {
        if path.hasByteSuffix(".yaml") || path.hasByteSuffix(".yml") { return try YAMLReader.value(of: text, path) }
        guard path.hasByteSuffix(".json") else {
            throw SettingMistake(path, "expected a file whose name ends with .json, .yaml or .yml")
        }
        do {
            return try JSONDecoding.decode(FileValue.self, from: ByteBuffer(string: text), isUTF8: true)
        } catch DecodingError.dataCorrupted(let context) {
            // The description of malformed text has the offset and no text of the file.
            throw SettingMistake(path, "the file isn't JSON: \(context.debugDescription)")
        } catch {
            throw SettingMistake(path, "the file can't be decoded")
        }
    }

    private static func add(
        _ members: [FileValue.Member],
        under prefix: String,
        _ path: String,
        to source: inout SettingsSource,
        _ remaining: inout Int
    ) throws(SettingMistake) {
        for member in members {
            remaining -= 1
            guard remaining > 0 else { throw SettingMistake(path, "the file has more than \(maximumCount) values") }
            let key = prefix + member.name
            let place = member.line.map { "\(path):\($0)" } ?? path
            if case .members(let inner) = member.value {
                try add(inner, under: "\(key).", path, to: &source, &remaining)
                continue
            }
            guard let entry = member.value.entry(at: place) else { continue }
            guard source[key] == nil else {
                throw SettingMistake(place, "\(PrintableText.line(key, maximumLength: 100)) is set twice in this file")
            }
            source.set(key, entry)
        }
    }
}
#endif
