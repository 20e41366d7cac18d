import GustHTTP

/// The `Cache-Control` fields of files, by patterns of their paths.
struct CacheRules: Sendable {
    private let rules: [(pattern: PathGlob, value: String)]
    private let otherwise: String?
    /// The reason why a pattern can't be used; nil if all can.
    let mistake: String?

    /// Reads the patterns; a wrong one is left out, see ``mistake``.
    init(_ rules: KeyValuePairs<String, String>, otherwise: String?) {
        var read: [(pattern: PathGlob, value: String)] = []
        var mistake: String?
        for (text, value) in rules {
            do throws(PathGlob.Mistake) {
                read.append((try PathGlob(text), value))
            } catch {
                mistake = mistake ?? error.reason
            }
        }
        self.rules = read
        self.otherwise = otherwise
        self.mistake = mistake
    }

    /// The field for a file; nil for none.
    func value(for path: FilePath) -> String? {
        guard !rules.isEmpty else { return otherwise }
        let text = path.components.joined(separator: "/")
        return rules.first { $0.pattern.matches(text) }?.value ?? otherwise
    }
}
