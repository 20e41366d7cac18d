/// An argument that can't be had as the type a handler asks for.
package struct ArgumentError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which argument, counted from 0.
    package let index: Int
    /// The type that was asked for.
    package let expected: String
    /// The JSON text that came; nil if the argument is missing.
    package let found: String?
    /// What doesn't fit inside of the argument, and where, such as `a value of type Int is expected: lines[2].at`; nil if it is the argument
    /// itself.
    package let place: String?

    init(index: Int, expected: String, found: String?, place: String? = nil) {
        self.index = index
        self.expected = expected
        self.found = found.map { $0.count > 80 ? String($0.prefix(80)) + "…" : $0 }
        self.place = place
    }

    /// What was expected, and what came instead.
    public var description: String {
        if let place { return "argument \(index): \(place)" }
        return "argument \(index): expected \(expected), found \(found ?? "nothing")"
    }

    /// The place in a value of an argument where it doesn't fit its type; nil if that is the value itself.
    static func place(of error: any Error) -> String? {
        switch error {
        case DecodingError.keyNotFound(let key, let context): place("a value is missing", context.codingPath + [key])
        case DecodingError.typeMismatch(let type, let context), DecodingError.valueNotFound(let type, let context):
            place("a value of type \(type) is expected", context.codingPath)
        case DecodingError.dataCorrupted(let context): place("a value is invalid", context.codingPath)
        default: nil
        }
    }

    private static func place(_ problem: String, _ path: [any CodingKey]) -> String? {
        guard let first = path.first else { return nil }
        let start = first.intValue.map { "[\($0)]" } ?? first.stringValue
        return path.dropFirst().reduce("\(problem): \(start)") { text, key in
            text + (key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)")
        }
    }
}
