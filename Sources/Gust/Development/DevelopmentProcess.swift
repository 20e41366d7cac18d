import Dispatch
package import GustControl
import GustHTTP
package import GustRouting
package import GustServer
import Logging
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// This process as one that the command `gust` has started: it serves on the socket of the command, or lists its routes.
///
/// The command gives the socket by `LISTEN_FDS` and `LISTEN_PID`, as `sd_listen_fds(3)` describes, so that connections wait in the kernel while
/// one process follows another. The other variables are those of `ControlChannel`.
package final class DevelopmentProcess: Sendable {
    private enum Command {
        case routes(isJSON: Bool)
        case serve(socket: CInt)
    }

    private struct State {
        var hasSocket = true
        var reader = ControlReader()
        var observers: [@Sendable (ControlMessage) -> Void] = []
    }

    /// This process if `gust` has started it; nil otherwise.
    ///
    /// The variables are removed from the environment.
    package static let current: DevelopmentProcess? = take()

    private let command: Command
    private let channel: ControlChannel?
    private let state = Mutex(State())
    private let permission: (values: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)
    // Dispatch's sources may be used from all threads, which their type doesn't say; this one is never replaced.
    private nonisolated(unsafe) let source: (any DispatchSourceRead)?

    private init(_ command: Command, _ channel: ControlChannel?) {
        self.command = command
        self.channel = channel
        let (values, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        permission = (values, continuation)
        source = channel.map { DispatchSource.makeReadSource(fileDescriptor: $0.descriptor) }
    }

    private static func take() -> DevelopmentProcess? {
        guard let command = variable(ControlChannel.commandVariable) else { return nil }
        let channel = variable(ControlChannel.variable).flatMap { CInt($0) }.map { ControlChannel($0) }
        unsetenv(ControlChannel.commandVariable)
        unsetenv(ControlChannel.variable)
        if command.hasSameBytes(as: "routes") { return DevelopmentProcess(.routes(isJSON: false), channel) }
        if command.hasSameBytes(as: "routes-json") { return DevelopmentProcess(.routes(isJSON: true), channel) }
        guard command.hasSameBytes(as: "serve"), let channel,
            variable("LISTEN_PID").flatMap({ pid_t($0) }) == getpid(),
            variable("LISTEN_FDS").flatMap({ Int($0) }) == 1
        else { return nil }
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
        // SD_LISTEN_FDS_START
        let socket: CInt = 3
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        let process = DevelopmentProcess(.serve(socket: socket), channel)
        process.listen()
        return process
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Calls `body` for each message of the command from now on, on a thread of Dispatch.
    package func observe(_ body: @escaping @Sendable (ControlMessage) -> Void) {
        state.withLock { $0.observers.append(body) }
    }

    /// Does what the command wants of an application whose routes are valid.
    ///
    /// To list the routes ends the process. To serve puts the socket of the command in place of the listeners; a second server of the process,
    /// for which there is no socket, gets a free port of this machine, because the previous process may still have its port.
    package func adopt(_ configuration: inout HTTPServer.Configuration, _ router: Router, _ logger: Logger) {
        switch command {
        case .routes(let isJSON): list(router, isJSON: isJSON)
        case .serve(let socket): serve(socket, &configuration, logger)
        }
    }

    private func serve(_ socket: CInt, _ configuration: inout HTTPServer.Configuration, _ logger: Logger) {
        let isFirst = state.withLock { state in
            defer { state.hasSocket = false }
            return state.hasSocket
        }
        var listener = configuration.listeners.first { $0.connectionSetup == nil } ?? configuration.listeners.first
        if configuration.listeners.count > 1 {
            logger.notice("gust serve listens in place of the \(configuration.listeners.count) listeners")
        }
        if listener == nil {
            listener = HTTPListener(.host("127.0.0.1", port: 0))
            listener?.connectionSetup = configuration.connectionSetup
        }
        listener?.place = isFirst ? .descriptor(socket, socketFile: nil) : .host("127.0.0.1", port: 0)
        configuration.listeners = listener.map { [$0] } ?? []
        // The next process waits until this one has ended.
        configuration.shutdownTimeout = min(configuration.shutdownTimeout, .seconds(2))
        configuration.drain.delay = .zero
        guard isFirst else { return }
        let before = configuration.beforeAccepting
        configuration.beforeAccepting = { [self] in
            await before?()
            channel?.send(.ready)
            for await _ in permission.values { break }
        }
        let after = configuration.onAllListening
        configuration.onAllListening = { [self] addresses in
            after?(addresses)
            channel?.send(.listening)
        }
    }

    private func list(_ router: Router, isJSON: Bool) -> Never {
        let overview = RouteOverview(router)
        var text = isJSON ? overview.json : overview.text
        if let channel {
            exit(channel.send(.routes(text)) ? 0 : 1)
        }
        text.withUTF8 { bytes in _ = write(STDOUT_FILENO, bytes.baseAddress, bytes.count) }
        exit(0)
    }

    // MARK: Messages of the command

    private func listen() {
        source?.setEventHandler { [weak self] in self?.receive() }
        source?.activate()
    }

    private func receive() {
        guard let channel else { return }
        let (messages, observers) = state.withLock { (channel.receive(&$0.reader), $0.observers) }
        guard let messages else {
            source?.cancel()
            // The command has ended without ending this process, which would serve an old version on a port for ever.
            kill(getpid(), SIGTERM)
            return
        }
        for message in messages {
            if message == .go { permission.continuation.finish() }
            for observer in observers { observer(message) }
        }
    }
}
