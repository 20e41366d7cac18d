import GustServer

#if canImport(Glibc)
@preconcurrency import Glibc
#elseif canImport(Musl)
@preconcurrency import Musl
#else
@preconcurrency import Darwin
#endif

/// A process that inherits listening sockets, and tells when it accepts from them.
///
/// Used by ``Restart``; a command that rebuilds and restarts a program uses it in the same way.
package struct NextProcess: Sendable {
    /// The path of the program; a name without a slash is searched in `PATH`.
    package var executable: String
    /// The arguments after the name of the program.
    package var arguments: [String]
    /// Assignments, such as `NAME=value`, that the process gets besides the variables of this one.
    package var variables: [String] = []
    /// The time in which the process must listen.
    package var timeout: Duration

    package init(executable: String, arguments: [String], timeout: Duration) {
        self.executable = executable
        self.arguments = arguments
        self.timeout = timeout
    }

    /// Starts the process and waits until it accepts.
    ///
    /// Only the sockets, the connection to this process and the standard descriptors are inherited. A process that doesn't accept in time is
    /// ended, also when the task is cancelled.
    /// - Parameters:
    ///   - sockets: The sockets, whose descriptors have numbers of at least 64; they stay open.
    ///   - pause: Pauses accepting from the sockets (true), or goes on (false) if the process has failed after the pause.
    /// - Returns: The number of the process.
    /// - Throws: ``ServingError``.
    package func start(
        _ sockets: [(name: String, descriptor: CInt)],
        pause: (Bool) async -> Void
    ) async throws -> Int {
        let (channel, other): (HandoverChannel, CInt)
        do {
            (channel, other) = try HandoverChannel.make()
        } catch {
            throw ServingError(.notStarted(error.description))
        }
        defer { channel.close() }
        let process: pid_t
        do {
            defer { SocketDescriptor.close(other) }
            process = try spawn(sockets, other)
        }
        let deadline = ContinuousClock.now + timeout
        guard await channel.receive(.ready, until: deadline) else { throw await failure(of: process, channel) }
        await pause(true)
        channel.tell(.go)
        guard await channel.receive(.accepting, until: deadline) else {
            await pause(false)
            throw await failure(of: process, channel)
        }
        return Int(process)
    }

    /// Ends a process that didn't send what was expected.
    private func failure(of process: pid_t, _ channel: HandoverChannel) async -> ServingError {
        let hasEnded = channel.hasEnded
        if !hasEnded { kill(process, SIGTERM) }
        let status = await end(process)
        return ServingError(hasEnded ? .ended(status: status) : .notReady)
    }

    /// Waits for the end of the process, which is killed after a few seconds; returns its status.
    private func end(_ process: pid_t) async -> CInt {
        var status: CInt = 0
        for _ in 0..<300 {
            if waitpid(process, &status, WNOHANG) != 0 { return status }
            // The task may be cancelled, and the process is waited for even so.
            await Task { try? await Task.sleep(for: .milliseconds(10)) }.value
        }
        kill(process, SIGKILL)
        waitpid(process, &status, 0)
        return status
    }

    private func spawn(_ sockets: [(name: String, descriptor: CInt)], _ channel: CInt) throws(ServingError) -> pid_t {
        guard sockets.count < 60 else { throw ServingError(.notStarted("more than 59 sockets")) }
        let descriptors = sockets.map(\.descriptor) + [channel]
        let first = ServiceEnvironment.firstDescriptor
        var texts = environment()
        texts.append("LISTEN_FDS=\(sockets.count)")
        texts.append("LISTEN_FDNAMES=\(sockets.map(\.name).joined(separator: ":"))")
        texts.append("\(ServiceEnvironment.parentName)=\(getpid())")
        texts.append("\(ServiceEnvironment.channelName)=\(first + CInt(sockets.count))")
        return try Self.spawn(executable, [executable] + arguments, texts + variables) { actions in
            for (index, descriptor) in descriptors.enumerated() {
                posix_spawn_file_actions_adddup2(&actions, descriptor, first + CInt(index))
            }
            Self.closeOthers(&actions, from: first + CInt(descriptors.count))
        }
    }

    /// The variables of this process, without those that belong to this process only.
    private func environment() -> [String] {
        var texts: [String] = []
        // The C library writes to this variable only in `setenv` and its relatives.
        #if canImport(Darwin)
        guard var pointer = _NSGetEnviron().pointee else { return texts }
        #else
        var pointer = environ
        #endif
        while let text = pointer.pointee {
            let variable = String(cString: text)
            if !ServiceEnvironment.names.contains(where: { variable.utf8.starts(with: "\($0)=".utf8) }) {
                texts.append(variable)
            }
            pointer += 1
        }
        return texts
    }

    #if !canImport(Darwin)
    private typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, CInt) -> CInt

    /// The function of glibc 2.34, which its headers show to programs in C only.
    private static let closeFrom: CloseFrom? =
        dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map { unsafeBitCast($0, to: CloseFrom.self) }
    #endif

    /// Closes all descriptors from `first` on in the new process, whoever has opened them: SwiftNIO's sockets would be inherited.
    private static func closeOthers(_ actions: inout posix_spawn_file_actions_t, from first: CInt) {
        #if !canImport(Darwin)
        if let closeFrom { _ = closeFrom(&actions, first) } else { closeOpen(&actions, from: first) }
        #endif
    }

    #if !canImport(Darwin)
    /// Closes the descriptors that are open now; to close one that another thread has closed meanwhile is no error.
    private static func closeOpen(_ actions: inout posix_spawn_file_actions_t, from first: CInt) {
        let end = CInt(clamping: sysconf(CInt(_SC_OPEN_MAX)))
        for descriptor in first..<max(first, end) where fcntl(descriptor, F_GETFD) >= 0 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
    }
    #endif

    private static func spawn(
        _ executable: String,
        _ arguments: [String],
        _ environment: [String],
        _ prepare: (inout posix_spawn_file_actions_t) -> Void
    ) throws(ServingError) -> pid_t {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        prepare(&actions)
        // This process may ignore or block the signals that it receives by other means; a process inherits both.
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        var flags = CInt(POSIX_SPAWN_SETSIGDEF) | CInt(POSIX_SPAWN_SETSIGMASK)
        #if canImport(Darwin)
        flags |= CInt(POSIX_SPAWN_CLOEXEC_DEFAULT)
        for descriptor in 0..<3 as Range<CInt> { posix_spawn_file_actions_addinherit_np(&actions, descriptor) }
        #endif
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var process: pid_t = 0
        let result = withPointers(to: arguments) { arguments in
            withPointers(to: environment) { environment in
                posix_spawnp(&process, executable, &actions, &attributes, arguments, environment)
            }
        }
        guard result == 0 else {
            let reason = strerror(result).map { String(cString: $0) } ?? "error \(result)"
            throw ServingError(.notStarted("\(executable): \(reason)"))
        }
        return process
    }

    /// Calls `body` with the texts as an array of C strings that ends with nil.
    private static func withPointers<Output>(
        to texts: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Output
    ) -> Output {
        let pointers = texts.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}
