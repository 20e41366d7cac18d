#if Redis
import NIOCore
import NIOPosix

#if TLS
import NIOSSL
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension RedisError {
    /// The error of an attempt to connect.
    static func connecting(_ error: any Error) -> RedisError {
        secure(error) ?? .unreachable(reason(error))
    }

    /// The error of a channel that was open.
    static func open(_ error: any Error) -> RedisError {
        switch error {
        case let error as RedisError: error
        case let error as RESPError: .malformedReply(error.description)
        default: secure(error) ?? .connectionLost(reason(error))
        }
    }

    private static func secure(_ error: any Error) -> RedisError? {
        #if TLS
        if error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError { return .tls("\(error)") }
        #endif
        return nil
    }

    /// The reason in the words of the operating system, without those of SwiftNIO.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let dns = error.dnsAError ?? error.dnsAAAAError, error.connectionErrors.isEmpty {
                return "the name \(error.host) can't be resolved: \(dns)"
            }
            return error.connectionErrors.first.map { reason($0.error) } ?? "\(error)"
        case let error as IOError: return strerror(error.errnoCode).map { String(cString: $0) } ?? "\(error)"
        case ChannelError.connectTimeout: return "no answer in time"
        default: return "\(error)"
        }
    }
}
#endif
