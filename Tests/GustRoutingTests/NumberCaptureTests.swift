import GustHTTP
import GustRouting
import HTTPTypes
import Testing

/// The texts that convert to `Double` and `Float`.
@Suite struct NumberCaptureTests {
    struct Place: Decodable {
        let x: Double
    }

    struct Small: Decodable {
        let x: Float
    }

    private func routes() -> Routes {
        var routes = Routes()
        routes.get("/at/:x") { (_, x: Double) in "\(x)" }
        routes.get("/place/:x") { (_, place: Place) in "\(place.x)" }
        routes.get("/small/:x") { (_, small: Small) in "\(small.x)" }
        return routes
    }

    @Test(arguments: ["0", "-1.5", "+1.5", "1e3", "1E-3", ".5", "5."])
    func `a finite decimal number converts`(text: String) throws {
        for path in ["at", "place", "small"] {
            #expect(try ask(routes(), .get, "/\(path)/\(text)").status == 200, "\(text)")
        }
    }

    @Test(arguments: [
        "nan", "NaN", "nan(1)", "inf", "-inf", "infinity", "0x1p3", "0x1.8", "1e999", "-1e999", "1_000", "1,5", "١",
        "1\u{301}", "\u{600}1", "--1", "1e", "e1", "1.2.3", "%201", "%2B",
    ])
    func `any other text doesn't convert, so the next route is tried`(text: String) throws {
        for path in ["at", "place", "small"] {
            #expect(try ask(routes(), .get, "/\(path)/\(text)").status == 404, "\(text)")
        }
    }

    @Test func `a number that is finite as Double but not as Float doesn't convert to Float`() throws {
        #expect(try ask(routes(), .get, "/at/1e200").status == 200)
        #expect(try ask(routes(), .get, "/small/1e200").status == 404)
    }
}
