import Foundation

#if canImport(Glibc)
@preconcurrency import Glibc
#elseif canImport(Musl)
@preconcurrency import Musl
#else
@preconcurrency import Darwin
#endif

/// A child process in a process group of its own, which is ended as a whole.
///
/// The terminal sends Ctrl-C to the group of the command only, so the command decides how its children end. It must be started on the main
/// thread, with which the kernel ends it; see ``Launcher``.
final class ChildProcess {
    let number: pid_t
    /// The wait status once the process has ended.
    private(set) var status: CInt?

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - arguments: The program, which is searched in `PATH` if it has no slash, and its arguments.
    ///   - variables: Variables besides those of this process.
    ///   - descriptors: The descriptors of the process, by their numbers in it; standard input is empty.
    /// - Throws: ``CommandError`` if the system can't start it.
    init(
        _ arguments: [String],
        variables: [String] = [],
        descriptors: [CInt: CInt] = [:]
    ) throws {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        // Numbers of at least 64, so that no descriptor is overwritten before it is copied.
        let copies = descriptors.mapValues { fcntl($0, F_DUPFD_CLOEXEC, 64) }
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
            for copy in copies.values where copy >= 0 { close(copy) }
        }
        guard copies.values.allSatisfy({ $0 >= 0 }) else {
            throw CommandError("can't start \(arguments[0]): no descriptor is left")
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (number, copy) in copies { posix_spawn_file_actions_adddup2(&actions, copy, number) }
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(
                CInt(POSIX_SPAWN_SETSIGDEF) | CInt(POSIX_SPAWN_SETSIGMASK) | CInt(POSIX_SPAWN_SETPGROUP)
            )
        )
        var process: pid_t = 0
        let program = Self.executable
        let result = Self.withPointers(to: [program, Launcher.mark, "\(getpid())"] + arguments) {
            arguments in
            Self.withPointers(to: Self.environment(adding: variables)) { environment in
                posix_spawn(&process, program, &actions, &attributes, arguments, environment)
            }
        }
        guard result == 0 else {
            throw CommandError("can't start \(arguments[0]): \(String(cString: strerror(result)))")
        }
        number = process
    }

    /// Whether the process has ended; then what is left of its group is ended too.
    func hasEnded() -> Bool {
        guard status == nil else { return true }
        var information = siginfo_t()
        // While the process isn't waited for, no other process can have its number.
        guard waitid(P_PID, id_t(number), &information, WEXITED | WNOHANG | WNOWAIT) == 0,
            Self.isSet(information)
        else {
            return false
        }
        kill(-number, SIGKILL)
        var status: CInt = 0
        guard waitpid(number, &status, 0) == number else { return false }
        self.status = status
        return true
    }

    /// Sends a signal to the group.
    func signal(_ signal: CInt) {
        guard status == nil else { return }
        kill(-number, signal)
    }

    /// Waits for the end of the process.
    func wait() {
        while !hasEnded() { usleep(5_000) }
    }

    /// Whether the process has ended with exit status 0.
    var hasSucceeded: Bool { status == 0 }

    /// How the process has ended, as text.
    var endText: String {
        guard let status else { return "runs" }
        if status & 0x7F == 0 { return "ended with status \(status >> 8 & 0xFF)" }
        let signal = status & 0x7F
        return "was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
    }

    /// The program of this process, also if its file has been replaced by a build.
    private static var executable: String {
        #if os(Linux)
        "/proc/self/exe"
        #else
        Bundle.main.executablePath ?? CommandLine.arguments[0]
        #endif
    }

    private static func isSet(_ information: siginfo_t) -> Bool {
        #if canImport(Darwin)
        information.si_pid != 0
        #else
        information._sifields._kill.si_pid != 0
        #endif
    }

    private static func environment(adding variables: [String]) -> [String] {
        var texts: [String] = []
        #if canImport(Darwin)
        guard var pointer = _NSGetEnviron().pointee else { return variables }
        #else
        var pointer = environ
        #endif
        while let text = pointer.pointee {
            texts.append(String(cString: text))
            pointer += 1
        }
        let names = variables.map { $0.utf8.prefix { $0 != UInt8(ascii: "=") } + [UInt8(ascii: "=")] }
        return texts.filter { text in !names.contains { text.utf8.starts(with: $0) } } + variables
    }

    private static func withPointers<Output>(
        to texts: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Output
    ) -> Output {
        let pointers = texts.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}
