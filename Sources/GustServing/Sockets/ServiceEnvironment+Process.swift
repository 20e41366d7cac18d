#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension ServiceEnvironment {
    /// Reads the variables of this process and removes them, so that programs that it starts don't take the sockets for theirs.
    ///
    /// - Throws: ``ServingError`` if `LISTEN_FDS` isn't a number.
    static func take() throws(ServingError) -> ServiceEnvironment {
        let environment = try ServiceEnvironment(process: Int(getpid()), parent: Int(getppid())) { name in
            getenv(name).map { String(cString: $0) }
        }
        for name in names { unsetenv(name) }
        // Programs that this process starts must not inherit the descriptors either.
        for socket in environment.sockets { _ = fcntl(socket.descriptor, F_SETFD, FD_CLOEXEC) }
        if let channel = environment.predecessor { _ = fcntl(channel.descriptor, F_SETFD, FD_CLOEXEC) }
        return environment
    }
}
