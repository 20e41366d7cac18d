import GustHTTP
import GustWire
import HTTPTypes
import NIOEmbedded

@testable import GustRouting
@testable import GustSocketIO

/// Fuzzes paths against the routes of endpoints: there are few candidates, and the tail that is found is accepted by a
/// generation.
enum EndpointFuzzing {
    private static let routes: [RouteEntry] = [
        "[^/]+", ".*", "(?P<sec_a>123)(?P<sec_b>.*)", "(?:[a-z]+/)*[a-z]+", "(a+)+b",
    ]
    .compactMap { try? RouteEntry(SocketIO().route(resource: "live", extraRE: $0)) }

    private static let executor = LoopExecutor(EmbeddedEventLoop())
    private static let tail = EndpointTail(revisions: Revision.all, clientFiles: .none, requiresSlash: false)

    static func run(_ input: Input) {
        guard let text = input.text, let target = RequestTarget(text) else { return }
        let path = target.matchingPath
        let lengths = tail.lengths(path, target.queryText)
        require(lengths.count <= AddressParts.maximumSegments, "\(lengths.count) candidates for \(text)")
        require(lengths == lengths.sorted(by: >), "candidates out of order: \(lengths)")
        require(lengths.allSatisfy { $0 >= 0 && $0 <= path.utf8.count }, "candidates outside of the path: \(lengths)")
        let query = target.query
        let request = Request(method: .get, target: target, executor: executor)
        for route in routes {
            guard let match = route.match(request, path: path, query: target.queryText, host: "") else { continue }
            let found = EndpointPattern.tail(of: match.captures)
            require(path.utf8.reversed().starts(with: found.utf8.reversed()), "\(found) doesn't end \(path)")
            let parts = AddressParts(path: found) { query[$0] }
            require(Revision.all.contains { $0.address(parts) != nil }, "no generation takes \(found) of \(text)")
        }
    }
}
