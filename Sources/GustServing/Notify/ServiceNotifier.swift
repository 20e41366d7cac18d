import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Sends the state of the service to the service manager (`sd_notify(3)`); does nothing without `NOTIFY_SOCKET`.
struct ServiceNotifier: Sendable {
    private let path: String?
    private let logger: Logger

    /// - Parameters:
    ///   - path: The path of the manager's datagram socket; `@` at its beginning stands for Linux's abstract namespace.
    ///   - logger: The logger.
    init(_ path: String?, _ logger: Logger) {
        self.path = path
        self.logger = logger
    }

    /// Sends one or several assignments, such as `READY=1`, separated by line feeds; doesn't wait.
    func send(_ state: String) {
        guard let path, let number = Self.send(state, to: path) else { return }
        let reason = strerror(number).map { String(cString: $0) } ?? "error \(number)"
        logger.warning("can't notify the service manager", metadata: ["state": "\(state)", "reason": "\(reason)"])
    }

    /// Sends `WATCHDOG=1` regularly, until the task is cancelled.
    func watch(every interval: Duration) async {
        while !Task.isCancelled {
            send("WATCHDOG=1")
            // An error is the cancellation, which the condition of the loop sees.
            try? await Task.sleep(for: interval)
        }
    }

    /// Sends a datagram; returns the error number of the operating system, or nil.
    private static func send(_ state: String, to path: String) -> CInt? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        let isAbstract = name.first == UInt8(ascii: "@")
        if isAbstract { name[0] = 0 }
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return ENAMETOOLONG }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        // The name of an abstract socket ends with the address; a path ends with a NUL.
        let offset = MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 2
        let length = socklen_t(offset + name.count + (isAbstract ? 0 : 1))
        #if canImport(Glibc)
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
        #else
        let descriptor = socket(AF_UNIX, SOCK_DGRAM, 0)
        #endif
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let bytes = Array(state.utf8)
        let sent = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { socketAddress in
                sendto(descriptor, bytes, bytes.count, CInt(MSG_DONTWAIT), socketAddress, length)
            }
        }
        return sent == bytes.count ? nil : errno
    }
}
