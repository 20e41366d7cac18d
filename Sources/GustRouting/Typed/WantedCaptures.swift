/// The captures that a typed handler requires.
enum WantedCaptures: Sendable {
    case anything
    /// This number of values, by position.
    case count(Int)
    /// Captures with these names.
    case names([String])
    /// Parameters that can't be decoded from any captures; the text is the error message.
    case impossible(String)
}
