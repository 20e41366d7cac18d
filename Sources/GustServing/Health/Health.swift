public import GustHTTP
import Logging
import Synchronization

/// Answers whether a server lives (`/health`) and whether it is ready for requests (`/ready`).
///
/// `/health` is answered with 200 as long as the process handles requests. `/ready` is answered with 503 while the server starts or stops, or
/// while a check fails, and with 200 otherwise. The bodies have the form of `application/health+json` (draft-inadarei-api-health-check-06).
/// Both paths are answered in front of the application: no middleware sees such a request, so it isn't logged and has no session.
///
/// ```swift
/// let health = Health()
/// health.check("database") { try await database.ping() }
/// settings.health = health
/// ```
///
/// The bodies name the checks, but not the reasons of failures, which are logged: anybody may be able to read these paths.
public final class Health: Sendable {
    /// Whether the server handles requests.
    enum State: Sendable { case starting, ready, stopping }

    private struct Values {
        var state = State.ready
        var logger = Logger(label: "gust.health")
    }

    let livenessPath: String
    let readinessPath: String
    private let checks: HealthChecks
    private let values = Mutex(Values())

    /// Makes the paths.
    ///
    /// - Parameters:
    ///   - liveness: The path that tells whether the server lives.
    ///   - readiness: The path that tells whether the server is ready.
    ///   - cacheTime: How long the results of the checks are used again, so that frequent requests cost little.
    public convenience init(
        liveness: String = "/health",
        readiness: String = "/ready",
        cacheTime: Duration = .seconds(1)
    ) {
        self.init(liveness: liveness, readiness: readiness, cacheTime: cacheTime, clock: ContinuousClock())
    }

    init(
        liveness: String = "/health",
        readiness: String = "/ready",
        cacheTime: Duration = .seconds(1),
        clock: any Clock<Duration>
    ) {
        livenessPath = liveness
        readinessPath = readiness
        checks = HealthChecks(cacheTime, clock)
    }

    /// Adds a check, which fails by throwing; all checks run at the same time.
    ///
    /// - Parameters:
    ///   - name: The name in the body of the response; a check with the same name is replaced.
    ///   - timeout: The time after which the check counts as failed; its task is cancelled.
    ///   - body: The check.
    public func check(
        _ name: String,
        within timeout: Duration = .seconds(2),
        _ body: @escaping @Sendable () async throws -> Void
    ) {
        checks.add(HealthCheck(name: name, timeout: timeout, body: body))
    }

    /// A handler that answers the two paths, and passes other requests to `handler`.
    ///
    /// `Application.run(on:_:)` puts it around the application; use it for servers that are run in other ways, and in tests.
    public func handler(around handler: any Handler) -> any Handler { HealthHandler(self, handler) }

    /// Whether the server handles requests: `run(on:_:)` changes it.
    var state: State {
        get { values.withLock { $0.state } }
        set { values.withLock { $0.state = newValue } }
    }

    var logger: Logger {
        get { values.withLock { $0.logger } }
        set { values.withLock { $0.logger = newValue } }
    }

    /// The report on the readiness.
    func readiness() async -> HealthReport {
        switch state {
        case .starting: HealthReport(output: "the server is starting")
        case .stopping: HealthReport(output: "the server is stopping")
        case .ready: HealthReport(await checks.outcomes(logger))
        }
    }
}
