#if Redis
/// Where a Redis server listens.
public enum RedisAddress: Sendable, CustomStringConvertible {
    /// A host name or IP address, and a TCP port.
    case host(String, port: Int = 6379)
    /// The path of a Unix socket on this machine.
    case unixSocket(path: String)

    /// The address, for logs.
    public var description: String {
        switch self {
        case .host(let host, let port): "\(host):\(port)"
        case .unixSocket(let path): path
        }
    }
}
#endif
