/// An argument that can't be had as the type a handler asks for.
package struct ArgumentError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which argument, counted from 0.
    package let index: Int
    /// The type that was asked for.
    package let expected: String
    /// The JSON text that came; nil if the argument is missing.
    package let found: String?

    init(index: Int, expected: String, found: String?) {
        self.index = index
        self.expected = expected
        self.found = found.map { $0.count > 80 ? String($0.prefix(80)) + "…" : $0 }
    }

    /// What was expected, and what came instead.
    public var description: String {
        "argument \(index): expected \(expected), found \(found ?? "nothing")"
    }
}
