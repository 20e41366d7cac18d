/// Descriptions of decoding errors for clients.
package enum DecodingPlace {
    /// What is expected, and the path of keys to it, such as `a value is missing: author.name`; contains no values of the client.
    package static func explanation(of error: DecodingError) -> String {
        let (problem, path): (String, [any CodingKey]) =
            switch error {
            case .keyNotFound(let key, let context): ("a value is missing", context.codingPath + [key])
            case .typeMismatch(let type, let context): ("a value of type \(type) is expected", context.codingPath)
            case .valueNotFound(let type, let context): ("a value of type \(type) is expected", context.codingPath)
            case .dataCorrupted(let context): ("a value is invalid", context.codingPath)
            @unknown default: ("the body isn't as expected", [])
            }
        guard !path.isEmpty else { return problem }
        let place = path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
        let shown = place.utf8.dropFirst(place.hasBytePrefix(".") ? 1 : 0)
        return "\(problem): \(String(decoding: shown, as: UTF8.self))"
    }
}
