import GustHTTP
import HTTPTypes

/// The body of a response about the health (draft-inadarei-api-health-check-06, sections 3 and 4).
struct HealthReport: Sendable, Encodable {
    /// One check in the body.
    struct Check: Sendable, Encodable {
        let status: String
        let output: String?
    }

    let status: String
    let output: String?
    let checks: [String: [Check]]?  // bytes: names that the programmer has given

    /// Makes a report of success.
    init() {
        status = "pass"
        output = nil
        checks = nil
    }

    /// Makes a report of failure.
    init(output: String) {
        status = "fail"
        self.output = output
        checks = nil
    }

    /// Makes the report of checks.
    init(_ outcomes: [HealthOutcome]) {
        status = outcomes.contains { $0.output != nil } ? "fail" : "pass"
        output = nil
        let list = outcomes.map { ($0.name, [Check(status: $0.output == nil ? "pass" : "fail", output: $0.output)]) }
        checks = outcomes.isEmpty ? nil : Dictionary(list) { first, _ in first }
    }

    /// The response: 200, or 503 after a failure.
    ///
    /// Caches don't keep it.
    func response(for request: Request) throws -> Response {
        var response = try JSON(self).response(for: request)
        // bytes: one of two constants.
        response.status = status == "pass" ? .ok : .serviceUnavailable
        response.headers[.contentType] = "application/health+json"
        response.headers[.cacheControl] = "no-store"
        return response
    }
}
