import Gust
import GustHTTP
import GustRouting
import GustWeb
import HTTPTypes
import NIOCore

/// The middleware whose cost is measured, by name; each is alone around one route.
private func middleware(_ name: String) throws -> [any Middleware]? {
    switch name {
    case "none": []
    case "a middleware that does nothing": [ClosureMiddleware(answering: { request, next in next.answer(request) })]
    case "RateLimit": [RateLimit(1 << 40, per: .seconds(1))]
    case "RateLimit, refusing": [RateLimit(1, per: .seconds(1 << 28))]
    case "ConcurrencyLimit": [ConcurrencyLimit(100)]
    case "LoadShedding": [LoadShedding(above: .seconds(1 << 28))]
    case "Decompress, without a body": [Decompress()]
    case "EntityTags": [EntityTags()]
    case "EntityTags, 304": [EntityTags()]
    case "ResponseCache, stored": [ResponseCache(lifetime: .seconds(1 << 28))]
    case "ResponseCache, not stored": [ResponseCache()]
    case "SecureHeaders": [SecureHeaders()]
    case "SecureHeaders with a nonce": [SecureHeaders(contentSecurityPolicy: "script-src 'nonce-{nonce}'")]
    case "AddressRestriction, 10 ranges":
        [try AddressRestriction(allowing: (0..<9).map { "10.\($0).0.0/16" } + ["127.0.0.0/8"])]
    case "AnyOf, the second admits": [AnyOf(BearerAuthentication(tokens: ["x"]), try AddressRestriction(denying: []))]
    case "Every, of two that do nothing":
        [
            Every(
                ClosureMiddleware(answering: { request, next in next.answer(request) }),
                ClosureMiddleware(answering: { request, next in next.answer(request) })
            )
        ]
    case "Except": [Except("/health", "/metrics", use: ClosureMiddleware(answering: { $1.answer($0) }))]
    case "ServerTiming": [ServerTiming { _ in true }]
    case "ServerTiming, hidden": [ServerTiming { _ in false }]
    case "LanguageChoice, not read": [LanguageChoice(["en", "de"], cookie: "language", query: "lang")]
    default: nil
    }
}

/// The fields that a browser sends.
private func browserFields(_ name: String) -> HTTPFields {
    var headers = HTTPFields()
    for (name, value) in [
        ("Host", "example.com"), ("Connection", "keep-alive"), ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        ("Accept-Language", "de,en-US;q=0.7,en;q=0.3"), ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("Sec-Fetch-Dest", "document"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Site", "none"),
        ("Upgrade-Insecure-Requests", "1"),
    ] {
        if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
    }
    if name == "EntityTags, 304" { headers[.ifNoneMatch] = #"W/"2cf24dba5fb0a30e26e83b2ac5b9e29e""# }
    return headers
}

/// Answers `count` requests through a middleware, to be run under callgrind; the difference between two counts is the cost of a request.
///
/// Without arguments of its own, the names are printed.
func answerThroughMiddleware(_ name: String, count: Int) throws {
    guard let middleware = try middleware(name) else { return print("no such middleware: \(name)") }
    var routes = Routes()
    for middleware in middleware { routes.use(middleware) }
    routes.get("/page") { _ in Response("hello") }
    let router = try routes.build()
    guard let target = RequestTarget("/page") else { preconditionFailure("/page is a target") }
    let request = Request(
        method: .get,
        target: target,
        headers: browserFields(name),
        peer: Peer(address: try SocketAddress(ipAddress: "127.0.0.1", port: 1)),
        executor: LoopExecutor(StillLoop())
    )
    var length = 0
    for _ in 0..<count {
        guard let response = try router.answer(request).immediateResponse else {
            preconditionFailure("a task is needed")
        }
        length += response.headers.count
    }
    print("\(name): \(count) responses, \(length) fields")
}
