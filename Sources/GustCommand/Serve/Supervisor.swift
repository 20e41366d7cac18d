import GustControl

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Builds, runs and replaces the processes of an application, all in one loop on the main thread.
///
/// Two processes never accept at the same time: the next one opens its sockets and waits, the running one ends, and then the next one accepts.
/// Connections wait in the kernel meanwhile. A next process that ends before it is ready leaves the running one where it is.
final class Supervisor {
    struct Settings {
        var stopsFirst = false
        var arguments: [String] = []
        /// How long a process may take to end before it is killed.
        var endTimeout: Duration = .seconds(5)
    }

    private let socket: ListeningSocket
    private let program: ApplicationProgram
    private let watcher: FileWatcher?
    private let settings: Settings
    private var build: Build?
    /// Whether a source has changed since the build began.
    private var isOutdated = false
    private var running: ApplicationProcess?
    private var next: ApplicationProcess?
    private var ending: [ApplicationProcess] = []
    /// Why nothing runs, for clients; nil while they must wait.
    private var reason: String?
    private var isStopping = false
    private var status: Int32 = 0

    init(
        _ socket: ListeningSocket,
        _ program: ApplicationProgram,
        _ watcher: FileWatcher?,
        _ settings: Settings
    ) {
        self.socket = socket
        self.program = program
        self.watcher = watcher
        self.settings = settings
    }

    /// Runs until a signal, or without a watcher until the application ends.
    ///
    /// - Returns: The exit status of the command.
    func run() throws -> Int32 {
        let signals = try Signals.take()
        Terminal.say("gust: builds the application for \(socket.url)")
        try beginBuild()
        var look = ContinuousClock.now
        while true {
            try step()
            if isStopping, build == nil, running == nil, next == nil, ending.isEmpty { return status }
            wait(signals, until: watcher == nil ? nil : look)
            handleSignals(signals)
            if let watcher, !isStopping, ContinuousClock.now >= look {
                for change in watcher.look() { try handle(change) }
                look = .now + watcher.interval
            }
        }
    }

    /// Waits for a descriptor, a deadline or the next look at the files.
    private func wait(_ signals: CInt, until look: ContinuousClock.Instant?) {
        var states = [pollfd(fd: signals, events: Int16(POLLIN), revents: 0)]
        func add(_ descriptor: CInt) {
            states.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
        }
        if let build, build.output.isOpen { add(build.output.reading) }
        for process in [running, next].compactMap({ $0 }) + ending where process.isConnected {
            add(process.channel.descriptor)
        }
        let answersByItself = reason != nil && running == nil
        if answersByItself { add(socket.descriptor) }
        var times = ending.compactMap(\.deadline)
        if let look { times.append(look) }
        // A second is the longest time for which the end of a child could be missed.
        let time = times.min().map { $0 - ContinuousClock.now } ?? .seconds(1)
        let milliseconds = min(max(time, .zero), .seconds(1)) / .milliseconds(1)
        poll(&states, nfds_t(states.count), CInt(milliseconds.rounded(.up)))
        if answersByItself, let state = states.last, state.revents != 0, let reason {
            HoldingAnswer(reason).answer(socket.descriptor)
        }
    }

    private func handleSignals(_ signals: CInt) {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(signals, &bytes, bytes.count)
        guard count > 0 else { return }
        for number in bytes[..<count] where CInt(number) != SIGCHLD {
            if isStopping {
                for process in ending { process.process.signal(SIGKILL) }
                build?.process.signal(SIGKILL)
            } else {
                stop()
            }
        }
    }

    private func stop() {
        isStopping = true
        build?.process.signal(SIGTERM)
        if let running { end(running) }
        if let next {
            next.process.signal(SIGKILL)
            ending.append(next)
        }
        (running, next) = (nil, nil)
    }

    private func end(_ process: ApplicationProcess) {
        process.process.signal(SIGTERM)
        process.deadline = .now + settings.endTimeout
        ending.append(process)
    }

    // MARK: Steps

    /// Does all that can be done now.
    private func step() throws {
        build?.read()
        if let build, build.hasEnded() {
            self.build = nil
            if !isStopping { try finish(build) }
        }
        for process in ending {
            if process.deadline.map({ $0 <= .now }) ?? false {
                process.process.signal(SIGKILL)
                process.deadline = nil
            }
        }
        ending.removeAll { $0.process.hasEnded() }
        if let running {
            _ = running.receive()
            if running.process.hasEnded() { try handleEnd(of: running) }
        }
        try advanceNext()
    }

    /// The running process has ended by itself.
    private func handleEnd(of process: ApplicationProcess) throws {
        running = nil
        let text = "the application \(process.process.endText)"
        Terminal.say("gust: \(text)")
        guard watcher != nil else {
            status = process.process.hasSucceeded ? 0 : 1
            isStopping = true
            return
        }
        if build == nil, next == nil { reason = "\(text); it starts again after the next change" }
    }

    private func advanceNext() throws {
        guard let next else { return }
        for message in next.receive() where message == .ready { next.isReady = true }
        guard !next.process.hasEnded() else {
            self.next = nil
            let text =
                "the application \(next.process.endText) before it listened; its output is in the terminal"
            Terminal.say("gust: \(text)" + (running == nil ? "" : "; the process before runs on"))
            fail(text)
            if watcher == nil {
                status = 1
                isStopping = true
            }
            return
        }
        guard next.isReady else { return }
        if let running {
            self.running = nil
            end(running)
        }
        guard ending.isEmpty else { return }
        next.channel.send(.go)
        running = next
        self.next = nil
        reason = nil
        Terminal.say("gust: \(socket.url)")
    }

    // MARK: Builds

    private func handle(_ change: FileWatcher.Change) throws {
        switch change {
        case .source(let paths):
            Terminal.say("gust: changed: \(Self.list(paths))")
            if build == nil { try beginBuild() } else { isOutdated = true }
        case .assets(let paths):
            Terminal.say("gust: changed: \(Self.list(paths))")
            for path in paths.prefix(16) { running?.channel.send(.changed(path)) }
        }
    }

    private static func list(_ paths: [String]) -> String {
        paths.prefix(3).joined(separator: ", ")
            + (paths.count > 3 ? " and \(paths.count - 3) more" : "")
    }

    private func beginBuild() throws {
        isOutdated = false
        Terminal.progress("building …")
        running?.channel.send(.building)
        // Clients wait for the result.
        reason = nil
        build = try Build(program.buildArguments)
    }

    private func finish(_ build: Build) throws {
        guard !isOutdated else { return try beginBuild() }
        guard build.process.hasSucceeded else {
            Terminal.say(build.messages)
            Terminal.say(
                "gust: the build failed" + (running == nil ? "" : "; the process before runs on")
            )
            fail(build.messages)
            if watcher == nil {
                status = 1
                isStopping = true
            }
            return
        }
        Terminal.say("gust: built in \(build.duration)")
        if let next {
            // It has served nobody yet.
            next.process.signal(SIGKILL)
            ending.append(next)
        }
        if settings.stopsFirst, let running {
            self.running = nil
            end(running)
        }
        next = try ApplicationProcess(program, settings.arguments, socket.descriptor)
    }

    private func fail(_ text: String) {
        if let running { running.channel.send(.failed(text)) } else { reason = text }
    }
}
