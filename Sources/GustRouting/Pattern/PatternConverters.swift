/// The converters of captures: expressions for `/:name<converter>`.
enum PatternConverters {
    /// The converters that every pattern has.
    ///
    /// - `int`: an integer with an optional minus sign, at most 18 digits, or 19 that don't begin with 9, so that it is always in the range of
    ///   `Int`.
    /// - `uuid`: 32 hexadecimal digits in five parts, as `UUID` reads them.
    /// - `slug`: ASCII letters, digits, `-` and `_`.
    /// - `path`: at least one character, also slashes.
    static let standard: [String: String] = [  // bytes: names in our own patterns
        "int": "-?[0-8]?[0-9]{1,18}",
        "uuid": "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
        "slug": "[-A-Za-z0-9_]+",
        "path": ".+",
    ]

    /// The reason why an expression can't be that of a converter; nil if it can.
    static func problem(with expression: String) -> String? {
        do throws(PatternError) {
            let compiled = try CompiledExpression(expression, written: expression)
            guard compiled.groupNames.isEmpty else { return "it has a group that captures; write (?:…)" }
            return compiled.matches("") ? "it matches the empty text" : nil
        } catch {
            return error.message
        }
    }
}
