#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The signals of this process as bytes of a pipe, so that a loop over `poll(2)` gets them.
enum Signals {
    // Written once, before the handler that reads it is installed.
    private nonisolated(unsafe) static var writing: CInt = -1

    /// Takes the signals that end the command or tell the end of a child.
    ///
    /// - Returns: The descriptor from which the numbers of the signals are read; it doesn't block.
    static func take() throws -> CInt {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw CommandError("can't make a pipe: \(String(cString: strerror(errno)))")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        writing = ends[1]
        var taken = sigset_t()
        sigemptyset(&taken)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGCHLD] {
            // Under nohup the command outlives its terminal.
            if number == SIGHUP, isIgnored(number) { continue }
            sigaddset(&taken, number)
            signal(number) { number in
                let saved = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(Signals.writing, &byte, 1)
                errno = saved
            }
        }
        // The parent may have blocked signals, which a process inherits.
        sigprocmask(SIG_UNBLOCK, &taken, nil)
        signal(SIGPIPE, SIG_IGN)
        return ends[0]
    }

    private static func isIgnored(_ number: CInt) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        #if os(Linux)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
        #else
        return unsafeBitCast(action.__sigaction_u.__sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
        #endif
    }
}
