#if Configuration
import GustHTTP

/// A file that contains a secret and nothing else, as Docker and Kubernetes mount them.
enum SecretFile {
    /// The secret in the file that `entry` names, without a line break at its end; for a list, a secret on each line.
    ///
    /// - Throws: ``SettingMistake`` if there is no such file, or if it can't be used.
    static func entry(in entry: SettingEntry, isList: Bool) throws(SettingMistake) -> SettingEntry {
        guard case .text(let path) = entry.content, !path.utf8.isEmpty else {
            throw SettingMistake(entry.place, "expected the path of a file")
        }
        let place = "\(PrintableText.line(path)), named by \(entry.place)"
        let text: String?
        do throws(SettingMistake) {
            text = try ConfigurationFile.text(of: path)
        } catch {
            throw SettingMistake(place, error.problem)
        }
        guard let text else { throw SettingMistake(place, "there is no such file") }
        if isList {
            let lines = text.pieces(on: 0x0A).map { String($0.utf8.last == 0x0D ? Substring($0.utf8.dropLast()) : $0) }
            return SettingEntry(content: .list(lines.filter { !$0.utf8.isEmpty }), place: place)
        }
        var bytes = text.utf8[...]
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        return SettingEntry(content: .text(String(Substring(bytes))), place: place)
    }
}
#endif
