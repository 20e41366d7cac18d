/// The place in the source where a route was registered.
struct SourceLocation: Sendable, Hashable, CustomStringConvertible {  // bytes: names of our own files
    let file: String
    let line: UInt

    var description: String { file.isEmpty ? "" : "\(file):\(line)" }
}
