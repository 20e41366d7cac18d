/// Writes `/:name` out as `/(?P<name>[^/]+)`.
enum PatternSugar {
    /// The pattern without sugar.
    static func expand(_ text: String) throws(PatternError) -> String {
        guard text.contains("/:") else { return text }
        var expanded = ""
        var rest = text[...]
        while let slash = rest.firstRange(of: "/:") {
            expanded += rest[..<slash.lowerBound]
            let name = rest[slash.upperBound...].prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
            guard let first = name.first, !first.isNumber else {
                throw PatternError(
                    "a name is needed after \"/:\" (letters, digits and _, no digit in front)",
                    in: text,
                    at: text.utf8.distance(from: text.startIndex, to: slash.upperBound)
                )
            }
            expanded += "/(?P<\(name)>[^/]+)"
            rest = rest[name.endIndex...]
        }
        return expanded + rest
    }
}
