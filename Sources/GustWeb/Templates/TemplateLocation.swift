/// A tag in the text of a template.
public struct TemplateLocation: Sendable, CustomStringConvertible {
    /// The path of the template's file.
    public let file: String
    /// The number of the line, from 1.
    public let line: Int
    /// The number of the tag's first code point in its line, from 1.
    public let column: Int
    /// The number of code points of the tag, up to the end of the line; at least 1.
    package let length: Int
    /// The text of the line, without the line break.
    public let sourceLine: String

    /// The file, line and column, separated by colons.
    public var description: String { "\(file):\(line):\(column)" }

    /// The line, and a second line in which `^` underlines the tag.
    public var excerpt: String {
        // A tab stays a tab, so that the marks stand below the tag.
        var marks = ""
        for scalar in sourceLine.unicodeScalars.prefix(column - 1) { marks += scalar == "\t" ? "\t" : " " }
        return "\(sourceLine)\n\(marks)\(String(repeating: "^", count: length))"
    }
}
