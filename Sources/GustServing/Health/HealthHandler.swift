import GustHTTP
import HTTPTypes

/// Answers the paths of ``Health``, in front of all middleware.
struct HealthHandler: CompositeHandler {
    private let health: Health
    private let handler: any Handler

    init(_ health: Health, _ handler: any Handler) {
        self.health = health
        self.handler = handler
    }

    var parts: [any Handler] { [handler] }

    func answer(_ request: Request) -> Answer {
        let isReadiness = request.path.hasSameBytes(as: health.readinessPath)
        guard isReadiness || request.path.hasSameBytes(as: health.livenessPath) else { return handler.answer(request) }
        guard request.method == .get || request.method == .head else {
            return .failed(HTTPError(.methodNotAllowed, headers: [.allow: "GET, HEAD"]))
        }
        guard isReadiness else { return Answer { try HealthReport().response(for: request) } }
        return .pending { [health] in try await health.readiness().response(for: request) }
    }
}
