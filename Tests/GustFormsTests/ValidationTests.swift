import Gust
import GustForms
import GustTesting
import HTTPTypes
import Testing

/// Validation that collects all faults.
@Suite struct ValidationTests {
    private struct Address: Codable, Validatable {
        let street: String

        func validate(_ checks: inout ValidationChecks) {
            checks.require(!street.isEmpty, at: "street", "must not be empty")
        }
    }

    private struct SignUp: Codable, Validatable {
        let name: String
        let age: Int
        let home: Address?
        let addresses: [Address]

        func validate(_ checks: inout ValidationChecks) {
            checks.require(!name.isEmpty, at: "name", "must not be empty")
            checks.require(age >= 18, at: "age", "must be at least 18")
            checks.require(name.utf8.count < 10 || age < 100, "is too much")
            checks.validate(home, at: "home")
            checks.validate(addresses, at: "addresses")
        }
    }

    private func client() throws -> TestClient {
        var app = Application()
        app.get("/") { request in try request.decodeQuery(SignUp.self).name }
        app.post("/") { request in try await request.decodeContent(SignUp.self).name }
        return TestClient(try app.router())
    }

    private static let document = """
        {"errors":[{"detail":"must not be empty","pointer":"#/name"},{"detail":"must be at least 18","pointer":"#/age"},\
        {"detail":"must not be empty","pointer":"#/home/street"},{"detail":"must not be empty","pointer":"#/addresses/1/street"}],\
        "status":422,"title":"Unprocessable Content","type":"about:blank"}
        """

    @Test(arguments: [
        (
            "application/json",
            #"{"name":"","age":3,"home":{"street":""},"addresses":[{"street":"x"},{"street":""}]}"#
        ),
        (
            "application/x-www-form-urlencoded",
            "name=&age=3&home[street]=&addresses[0][street]=x&addresses[1][street]="
        ),
    ])
    func `all faults are answered at once, with their places`(type: String, body: String) async throws {
        let response = try await client().post("/", headers: [.contentType: type], body: body)
        #expect(response.status == .unprocessableContent)
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(response.text == Self.document)
    }

    @Test func `a valid value is passed on`() async throws {
        #expect(try await client().get("/?name=Ada&age=36").text == "Ada")
    }

    @Test func `a query is validated`() async throws {
        let text = try await client().get("/?name=Ada&age=3").text
        #expect(text.contains(##"[{"detail":"must be at least 18","pointer":"#/age"}]"##))
    }

    @Test func `a fault of the whole value has an empty place`() throws {
        let error = #expect(throws: ValidationError.self) {
            try SignUp(name: "Methuselah of old", age: 969, home: nil, addresses: []).validate()
        }
        #expect(error?.faults.map(\.place) == [""])
        #expect(error?.faults.map(\.pointer) == ["#"])
        #expect(error?.description == "is too much")
    }

    @Test func `places are paths of keys, and pointers are escaped`() throws {
        struct Odd: Validatable {
            func validate(_ checks: inout ValidationChecks) { checks.require(false, at: "a/b~c d", "no") }
        }
        struct Outer: Validatable {
            func validate(_ checks: inout ValidationChecks) { checks.validate([Odd(), Odd()], at: "list") }
        }
        let error = #expect(throws: ValidationError.self) { try Outer().validate() }
        #expect(error?.faults.map(\.place) == ["list[0].a/b~c d", "list[1].a/b~c d"])
        #expect(error?.faults.first?.pointer == "#/list/0/a~1b~0c%20d")
    }

    @Test func `at most a hundred faults are collected`() throws {
        struct Bad: Validatable {
            func validate(_ checks: inout ValidationChecks) { checks.require(false, "no") }
        }
        struct Outer: Validatable {
            func validate(_ checks: inout ValidationChecks) {
                checks.validate([Bad](repeating: Bad(), count: 10_000), at: "l")
            }
        }
        let error = #expect(throws: ValidationError.self) { try Outer().validate() }
        #expect(error?.faults.count == 100)
    }

    @Test func `another type of body is refused`() async throws {
        let response = try await client().post("/", headers: [.contentType: "text/plain"], body: "x")
        #expect(response.status == .unsupportedMediaType)
    }
}
