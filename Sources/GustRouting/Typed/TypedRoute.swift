import GustHTTP
import HTTPTypes

/// Makes routes from closures that take decoded captures.
///
/// A single parameter with members is decoded from the captures by name. Otherwise parameters are converted by
/// position, over all groups in order.
enum TypedRoute {
    /// Makes a route that calls `handler` for each match, with the values decoded from that match; without values, once.
    static func make<each Value: Decodable & Sendable>(
        _ pattern: String,
        _ methods: [HTTPRequest.Method]?,
        _ name: String?,
        _ source: SourceLocation,
        _ handler: @escaping @Sendable (repeat each Value) -> any Handler
    ) -> Route {
        var types: [any Decodable.Type] = []
        for type in repeat (each Value).self { types.append(type) }
        if types.isEmpty {
            var position = Position(captures: Captures())
            // Nothing is decoded, so nothing is thrown.
            if let handler = try? handler(repeat position.next((each Value).self)) {
                var route = Route(pattern, methods: methods, name: name, handler: handler)
                route.source = source
                return route
            }
        }
        if types.count == 1, let type = types.first, !(type is any CaptureConvertible.Type), let keys = keys(type) {
            return Route(pattern, methods: methods, name: name, wanted: .names(keys), source: source) {
                captures in
                do {
                    let decoder = CaptureDecoder(captures: captures)
                    return handler(repeat try (each Value)(from: decoder))
                } catch {
                    return nil
                }
            }
        }
        var wanted = WantedCaptures.count(types.count)
        if types.count > 1, let type = types.first(where: { !($0 is any CaptureConvertible.Type) && keys($0) != nil }) {
            wanted = .impossible("\(type) can't be decoded from one capture: make it the only parameter")
        }
        return Route(pattern, methods: methods, name: name, wanted: wanted, source: source) { captures in
            var position = Position(captures: captures)
            do {
                return handler(repeat try position.next((each Value).self))
            } catch {
                return nil
            }
        }
    }

    private static func keys(_ type: any Decodable.Type) -> [String]? {
        func open<Value: Decodable>(_ type: Value.Type) -> [String]? { CaptureKeys.required(by: type) }
        return open(type)
    }

    /// Converts the captures one after the other.
    private struct Position {
        let captures: Captures
        private var index = 0

        init(captures: Captures) { self.captures = captures }

        mutating func next<Value: Decodable>(_ type: Value.Type) throws -> Value {
            defer { index += 1 }
            if let text = captures.value(index) { return try CaptureText(text: text, codingPath: []).decode(type) }
            if let absent = Optional<Any>.none as? Value { return absent }
            throw DecodingError.valueNotFound(type, .init(codingPath: [], debugDescription: "the group didn't match"))
        }
    }
}
