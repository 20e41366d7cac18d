import Gust
import GustHTTP
import GustRouting

/// Measures the cost of finding a route and answering, and the cost of hostile paths.
func measureRouting() throws {
    let executor = LoopExecutor(StillLoop())

    func request(_ path: String) -> Request {
        // The paths are constants below: an invalid one is a mistake in this file.
        guard let target = RequestTarget(path) else { preconditionFailure("\(path) is an invalid target") }
        return Request(method: .get, target: target, executor: executor)
    }

    func measureAnswer(_ name: String, _ routes: Routes, _ path: String) throws {
        let router = try routes.build()
        let request = request(path)
        let answer = try router.answer(request).immediateResponse
        precondition(answer != nil, name)
        measure(name) { _ = router.answer(request) }
    }

    for count in [1, 100, 1_000] {
        var routes = Routes()
        for number in 0..<count { routes.get(#"/r\#(number)/users/(?P<id>\d+)"#) { _ in HTTPAnswer.empty } }
        try measureAnswer("answer, last of \(count) expressions", routes, "/r\(count - 1)/users/42")
    }
    var routes = Routes()
    routes.get("/plain") { _ in HTTPAnswer.empty }
    try measureAnswer("answer, a literal", routes, "/plain")

    routes = Routes()
    routes.get("/users/:user/posts/:post/:title") { _ in HTTPAnswer.empty }
    let long = "/users/0123456789abcdef0123456789/posts/0123456789abcdef0123/a-title-of-quite-some-words"
    try measureAnswer("answer, three captures nobody reads", routes, long)

    routes = Routes()
    routes.get("/users/:user/posts/:post/:title") { request in
        precondition(request.captures["title"] != nil)
        return HTTPAnswer.empty
    }
    try measureAnswer("answer, three captures, one is read", routes, long)

    routes = Routes()
    routes.get("/users/:user/posts/:post") { (_, user: String, post: Int) in
        precondition(post == 42)
        return HTTPAnswer.empty
    }
    try measureAnswer("answer, two typed captures", routes, "/users/ada/posts/42")

    let segment = String(repeating: "a", count: 8 << 10)
    let segments = String(repeating: "/ab", count: (8 << 10) / 3)
    for (pattern, path) in [
        ("/(a+)+$", "/" + segment + "!"),
        ("/(a|aa)+$", "/" + segment + "!"),
        ("/(.*)*x", "/x" + segment),
        ("/(.*)*x", "/x" + segments),
        ("(/(a|b)*)*x", segments + "x!"),
        ("((/[a-z]+)+)+x", segments + "x!"),
        ("/(a*)*b", "/" + segment + "b!"),
        ("/.*.*.*.*x", "/x" + segment),
        ("/([a-z]+)*\\d", "/" + segment + "1!"),
        ("/(?:a|b|c)*", "/" + segment),
        ("(?:/(?:a|b)+)*", segments),
        ("(?:/[^/]+)*", segments),
    ] {
        let expression = try Pattern(pattern)
        let before = Router.matchLimitHits
        let matches = expression.matches(path)
        let outcome = matches ? "matches" : Router.matchLimitHits > before ? "given up" : "no match"
        measure("\(pattern) on 8 KiB: \(outcome)", count: 200) { _ = expression.matches(path) }
    }
}

/// A response that costs nothing to make.
enum HTTPAnswer {
    static let empty = Response()
}
