/// The text of one template.
final class TemplateSource: Sendable {
    /// The name of the template.
    let name: String
    /// The path of its file.
    let file: String
    let bytes: [UInt8]

    init(name: String, file: String, bytes: [UInt8]) {
        self.name = name
        self.file = file
        self.bytes = bytes
    }

    /// The text of a part.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// Whether a line begins at an offset.
    func isLineStart(_ offset: Int) -> Bool { offset == 0 || bytes[offset - 1] == UInt8(ascii: "\n") }
}
