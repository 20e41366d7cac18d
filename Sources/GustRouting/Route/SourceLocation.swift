/// Where something was registered.
struct SourceLocation: Sendable, Hashable, CustomStringConvertible {
    let file: String
    let line: UInt

    var description: String { file.isEmpty ? "" : "\(file):\(line)" }
}
