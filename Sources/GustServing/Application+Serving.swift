public import Gust
import GustHTTP
import GustRouting
import GustServer
import Logging
import ServiceLifecycle
import UnixSignals

/// Serving on several listeners.
extension Application {
    /// Serves on all listeners until `SIGTERM` or `SIGINT`, then drains; a second signal ends the server at once.
    ///
    /// Under systemd, the sockets of `LISTEN_FDS` are those of `Listener.inherited`, and `NOTIFY_SOCKET` is told when the server is ready and
    /// when it stops (`Type=notify`), and regularly if the unit has `WatchdogSec=`. These variables are removed from the environment.
    ///
    /// ```swift
    /// var settings = ServingSettings()
    /// settings.restart = Restart()
    /// try await app.run(on: [.tcp("::", 8080), .unix("/run/gust.sock")], settings)
    /// ```
    /// - Parameters:
    ///   - listeners: Where to listen. If one of them can't be opened, none is.
    ///   - settings: The settings.
    /// - Throws: `RoutesError` if routes are invalid; `ListenError` if the server can't listen on an address;
    ///   `ServingError` if no listener is left, or an inherited socket is missing.
    public func run(on listeners: [Listener], _ settings: ServingSettings = ServingSettings()) async throws {
        // `gust serve` hands its socket over by the same variables as systemd.
        _ = DevelopmentProcess.current
        try await run(on: listeners, settings, ServiceEnvironment.take())
    }

    func run(on listeners: [Listener], _ settings: ServingSettings, _ environment: ServiceEnvironment) async throws {
        let notifier = ServiceNotifier(environment.notifySocket, logger)
        let health = settings.health
        let restarter = settings.restart.map { Restarter($0, environment, notifier, logger) }
        var configuration = settings.server
        configuration.shutdownTimeout = settings.drain.deadline
        configuration.drain.delay = settings.drain.delay
        configuration.drain.window = settings.drain.window
        configuration.drain.onStopping = {
            health?.state = .stopping
            // After a restart the service goes on in the next process.
            guard restarter?.hasSuccessor != true else { return }
            restarter?.stop()
            notifier.send("STOPPING=1")
        }
        configuration.beforeAccepting = { await environment.takeOver() }
        configuration.onListening = nil
        configuration.onAllListening = { addresses in
            health?.state = .ready
            notifier.send("READY=1")
            environment.endTakeover()
            settings.onListening?(addresses)
        }
        // `gust serve` puts its socket in place of the listeners, of which systemd has opened none then.
        let wanted = DevelopmentProcess.current == nil ? listeners : listeners.filter { !$0.isInherited }
        if !wanted.isEmpty || DevelopmentProcess.current == nil {
            configuration.listeners = try ListenerChoice(wanted, environment.sockets, logger).listeners()
        }
        health?.state = .starting
        let server = try server(configuration, listeners.compactMap(\.middleware), health)
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            if let restarter {
                // The signal is trapped before anything listens: it would end the process.
                let signals = await UnixSignalsSequence(trapping: .sigusr2)
                tasks.addTask {
                    await restarter.run(server, group, signals)
                    return false
                }
            }
            if let interval = environment.watchdogInterval {
                tasks.addTask {
                    await notifier.watch(every: interval)
                    return false
                }
            }
            tasks.addTask {
                try await SignalledServices.run(group)
                return true
            }
            // The other tasks end when they are cancelled.
            for try await isEnd in tasks where isEnd { tasks.cancelAll() }
        }
    }

    private func server(
        _ configuration: HTTPServer.Configuration,
        _ middlewares: [any Middleware],
        _ health: Health?
    ) throws -> HTTPServer {
        var application = self
        for middleware in middlewares { application.use(middleware) }
        let router = try application.router()
        var configuration = configuration
        DevelopmentProcess.current?.adopt(&configuration, router, logger)
        for warning in router.warnings { logger.warning("\(warning)") }
        let handler: any Handler = health.map { $0.handler(around: router) } ?? router
        health?.logger = logger
        return HTTPServer(handler, configuration: configuration, logger: logger)
    }
}
