/// What a typed handler wants of the captures.
enum WantedCaptures: Sendable {
    case anything
    /// So many values, by position.
    case count(Int)
    /// These names.
    case names([String])
    /// What no captures can give: the sentence says why.
    case impossible(String)
}
