/// What a check has found, and what to do about it.
struct Finding: Sendable {
    enum Level: String, Sendable {
        case ok
        case warning
        case failure
    }

    let level: Level
    let text: String
    /// nil if there is nothing to do.
    let advice: String?

    static func ok(_ text: String) -> Finding { Finding(level: .ok, text: text, advice: nil) }

    static func warning(_ text: String, _ advice: String) -> Finding {
        Finding(level: .warning, text: text, advice: advice)
    }

    static func failure(_ text: String, _ advice: String) -> Finding {
        Finding(level: .failure, text: text, advice: advice)
    }

    /// The line, and the advice below it.
    var lines: String {
        let space = String(repeating: " ", count: 9 - level.rawValue.utf8.count)
        let first = "\(level.rawValue)\(space)\(text)"
        guard let advice else { return first }
        return first + "\n" + String(repeating: " ", count: 9) + "→ " + advice
    }
}
