import GustHTTP
import GustServer
import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Carries out the restarts of one server.
final class Restarter: Sendable {
    private let restart: Restart
    private let notifier: ServiceNotifier
    private let environment: ServiceEnvironment
    private let logger: Logger
    private let successor = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)

    init(_ restart: Restart, _ environment: ServiceEnvironment, _ notifier: ServiceNotifier, _ logger: Logger) {
        self.restart = restart
        self.environment = environment
        self.notifier = notifier
        self.logger = logger
    }

    /// Whether the next process listens.
    var hasSuccessor: Bool { successor.load(ordering: .acquiring) }

    /// Ends a process that listens from now on: the server stops for another reason than a restart.
    func stop() { isStopping.store(true, ordering: .releasing) }

    /// Restarts on each request and each of `signals` until a restart has succeeded, or the task is cancelled.
    func run(_ server: HTTPServer, _ group: ServiceGroup, _ signals: UnixSignalsSequence) async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { [restart] in
                for await _ in signals { restart.request() }
            }
            for await _ in restart.requests where await replace(server) {
                await group.triggerGracefulShutdown()
                break
            }
            // The signal stays trapped until the end of the process: otherwise another one would end the process in the drain.
            await tasks.waitForAll()
        }
    }

    /// Starts the next process; returns whether it listens.
    private func replace(_ server: HTTPServer) async -> Bool {
        logger.info("starting the next process")
        do {
            let sockets = try server.copyListeners()
            defer { for socket in sockets { SocketDescriptor.close(socket.descriptor) } }
            guard !sockets.isEmpty else { throw ServingError(.notStarted("this process doesn't listen")) }
            let process = try await nextProcess.start(sockets) { pauses in
                if pauses { await server.pauseAccepting() } else { await server.resumeAccepting() }
            }
            guard !isStopping.load(ordering: .acquiring) else {
                kill(pid_t(process), SIGTERM)
                throw ServingError(.notStarted("this process stops"))
            }
            successor.store(true, ordering: .releasing)
            server.handOver()
            notifier.send("MAINPID=\(process)")
            logger.info("the next process listens", metadata: ["process": "\(process)"])
            return true
        } catch {
            logger.error("the restart failed, and this process goes on", metadata: ["error": "\(error)"])
            return false
        }
    }

    private var nextProcess: NextProcess {
        var process = NextProcess(
            executable: restart.executable ?? Self.executable,
            arguments: restart.arguments ?? Array(CommandLine.arguments.dropFirst()),
            timeout: restart.timeout
        )
        if let socket = environment.notifySocket { process.variables.append("NOTIFY_SOCKET=\(socket)") }
        if let time = environment.watchdogMicroseconds { process.variables.append("WATCHDOG_USEC=\(time)") }
        return process
    }

    /// The path by which this process was started, where a new version may lie; a name without a slash was found in `PATH`.
    private static let executable = CommandLine.arguments.first ?? ""
}
