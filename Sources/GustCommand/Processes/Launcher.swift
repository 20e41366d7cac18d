#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The beginning of each child process: this program once more, which prepares itself and becomes the program that is wanted.
///
/// A process that is spawned can't get its own number in `LISTEN_PID`, and can't ask to be ended with its parent; one that runs can do both.
enum Launcher {
    /// The first argument of such a process.
    static let mark = "--launch"

    /// Becomes the wanted program if the arguments say so; returns otherwise.
    static func launchIfAsked(_ arguments: [String]) {
        guard arguments.count >= 4, arguments[1].utf8.elementsEqual(mark.utf8),
            let parent = pid_t(arguments[2])
        else {
            return
        }
        endWithParent()
        // The parent may have ended before the request was made.
        guard getppid() == parent else { exit(1) }
        if getenv("LISTEN_FDS") != nil { setenv("LISTEN_PID", "\(getpid())", 1) }
        var pointers = arguments.dropFirst(3).map { strdup($0) }
        pointers.append(nil)
        execvp(arguments[3], pointers)
        fail("can't run \(arguments[3]): \(String(cString: strerror(errno)))")
    }

    private static func fail(_ text: String) -> Never {
        var text = "gust: \(text)\n"
        text.withUTF8 { bytes in _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
        exit(127)
    }

    #if os(Linux)
    private typealias Control = @convention(c) (CInt, UInt, UInt, UInt, UInt) -> CInt

    /// Has the kernel kill this process when the thread that started it ends, whatever ends that (`prctl(2)`, `PR_SET_PDEATHSIG`).
    private static func endWithParent() {
        // Swift doesn't import functions with a variable number of arguments.
        guard let address = dlsym(nil, "prctl") else { return }
        _ = unsafeBitCast(address, to: Control.self)(1, UInt(SIGKILL), 0, 0, 0)
    }
    #else
    /// Here the application ends when its channel to the command is closed.
    private static func endWithParent() {}
    #endif
}
