#if Configuration
/// Text of a source inside of a message of one line.
enum PrintableText {
    private static let maximumLength = 60

    /// The text in quotes, without control characters, cut to 60 bytes.
    static func quoted(_ text: String) -> String { "\"\(line(text, maximumLength: maximumLength))\"" }

    /// The text without control characters.
    static func line(_ text: String, maximumLength: Int = .max) -> String {
        let bytes = text.utf8.prefix(maximumLength).map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0 }
        return String(decoding: bytes, as: UTF8.self) + (text.utf8.count > maximumLength ? "…" : "")
    }
}
#endif
