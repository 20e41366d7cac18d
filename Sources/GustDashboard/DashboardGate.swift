import GustHTTP
import HTTPTypes
import Logging

/// Answers 404 to everybody whom a closure doesn't allow, as if there were no dashboard.
struct DashboardGate: Middleware {
    enum Check: Sendable {
        case immediate(@Sendable (Request) throws -> Bool)
        case suspending(@Sendable (Request) async throws -> Bool)
    }

    let check: Check
    let logger: Logger

    func answer(_ request: Request, next: any Handler) -> Answer {
        switch check {
        case .immediate(let allows):
            do {
                return try allows(request) ? next.answer(request) : .failed(HTTPError(.notFound))
            } catch {
                return .failed(refusal(for: error))
            }
        case .suspending(let allows):
            return .pending {
                let isAllowed: Bool
                do { isAllowed = try await allows(request) } catch { throw refusal(for: error) }
                guard isAllowed else { throw HTTPError(.notFound) }
                return try await next.answer(request).response()
            }
        }
    }

    /// A check that fails must not tell strangers that there is a dashboard.
    private func refusal(for error: any Error) -> HTTPError {
        logger.warning("a visitor of the dashboard couldn't be checked", metadata: ["error": "\(error)"])
        return HTTPError(.notFound)
    }
}
