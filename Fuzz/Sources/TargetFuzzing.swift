@testable import GustHTTP

/// Fuzzes request targets, queries and percent-encoding.
enum TargetFuzzing {
    static func run(_ input: Input) {
        guard let text = input.text else { return }
        if let target = RequestTarget(text) {
            require(target.text.utf8.elementsEqual(text.utf8), "\(text) became \(target.text)")
            require(target.matchingPath.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "\(text) has control characters")
            check(target.query, text)
        }
        check(Query(text), text)
        checkSegment(text)
    }

    private static func check(_ query: Query, _ text: String) {
        var count = 0
        var length = 0
        for (name, value) in query {
            count += 1
            length += name.utf8.count + value.utf8.count
            require(query[name] != nil, "\(name) isn't found")
        }
        require(count <= Query.maximumParameters, "\(count) parameters")
        require(length <= text.utf8.count, "\(length) bytes of parameters")
    }

    /// A segment that is encoded into a path is decoded unchanged.
    private static func checkSegment(_ text: String) {
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return }
        guard let target = RequestTarget("/" + PercentEncoding.encodeSegment(text)) else {
            return require(false, "a path with \(text) is invalid")
        }
        let segment = PercentEncoding.decodeCapture(Substring(target.matchingPath.utf8.dropFirst()))
        require(segment.utf8.elementsEqual(text.utf8), "\(text) came back as \(segment)")
    }
}
