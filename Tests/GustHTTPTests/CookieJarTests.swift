import Testing

@testable import GustHTTP

/// The cookies that a client keeps.
@Suite struct CookieJarTests {
    private let now = HTTPDate(seconds: 1_800_000_000)

    private func jar(_ fields: String...) -> CookieJar {
        let jar = CookieJar()
        for field in fields { jar.take(setCookie: field, now: now) }
        return jar
    }

    @Test func `cookies are sent in the order of their names, without their attributes`() {
        #expect(jar("b=2; Path=/; HttpOnly", "a=1").field == "a=1; b=2")
        #expect(jar().field == nil)
    }

    @Test func `a cookie replaces the one with the same bytes in its name`() {
        #expect(jar("a=1", "a=2", "A=3").field == "A=3; a=2")
    }

    @Test(arguments: ["a=; Max-Age=0", "a=1; max-age=-5", "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"])
    func `a cookie that has ended is removed`(end: String) {
        #expect(jar("a=1", "b=2", end).field == "b=2")
    }

    @Test(arguments: [
        "a=2; Max-Age=60", "a=2; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a=2; Expires=nonsense",
        "a=2; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
    ])
    func `a cookie that ends later stays`(field: String) {
        #expect(jar("a=1", field).field == "a=2")
    }

    @Test(arguments: ["", "a", "=1", "a\(String(repeating: "x", count: 4_096))=1"])
    func `what is no cookie or too long is ignored`(field: String) {
        #expect(jar("b=2", field).field == "b=2")
    }

    @Test func `the fifty-first cookie is ignored, and the others can still be replaced`() {
        let jar = CookieJar()
        for number in 0..<60 { jar.take(setCookie: "c\(number)=1", now: now) }
        jar.take(setCookie: "c0=2", now: now)
        #expect(jar.cookies.count == 50)
        #expect(jar.cookies["c0"] == "2")
        #expect(jar.cookies["c50"] == nil)
    }
}
