#if Configuration
/// The text of `--print-configuration`: each value with its source.
enum EffectiveSettings {
    static func text(_ values: [SettingsReading.Effective], _ mode: Mode, hasMode: Bool) -> String {
        let first = (left: "mode = \(mode.rawValue)", place: hasMode ? Mode.variable : "default")
        let lines = [first] + values.map { (left: "\($0.key.text) = \(PrintableText.line($0.text))", place: $0.place) }
        // A long value doesn't push the sources of all others out of sight.
        let width = min(lines.map(\.left.utf8.count).max() ?? 0, 48)
        return lines.map { line in
            let padding = String(repeating: " ", count: max(0, width - line.left.utf8.count))
            return "\(line.left)\(padding)  # \(PrintableText.line(line.place))\n"
        }.joined()
    }
}
#endif
