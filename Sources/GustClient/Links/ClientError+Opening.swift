import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension ClientError {
    /// The error of a channel that couldn't be opened.
    init(opening error: any Error) {
        switch error {
        case let error as ClientError: self = error
        case let error as ClientURLError: self = .unusableSetting(error.description)
        case let error as NIOConnectionError:
            let place = "\(error.host):\(error.port)"
            // With several addresses the last failure says the most: the others are tried first.
            if let last = error.connectionErrors.last {
                self = .connectionFailed("\(place): \(Self.text(last.error))")
            } else {
                self = .connectionFailed("the host \(error.host) is unknown")
            }
        default: self = .connectionFailed(Self.text(error))
        }
    }

    /// The error of a connection for HTTP that has failed.
    init(exchanging error: any Error) {
        switch error {
        case let error as ClientError: self = error
        case is HTTPParserError, is NIOHTTPDecoderError: self = .protocolViolation("HTTP: \(error)")
        default: self = .transportFailed(Self.text(error))
        }
    }

    private static func text(_ error: any Error) -> String {
        switch error {
        case let error as IOError:
            switch error.errnoCode {
            case ECONNREFUSED: "nobody listens there"
            case ENOENT: "there is no such socket"
            case ETIMEDOUT, EHOSTUNREACH, ENETUNREACH: "the host can't be reached"
            case ECONNRESET, EPIPE: "the server has reset it"
            default: error.description
            }
        case ChannelError.connectTimeout: "no answer in time"
        default: "\(error)"
        }
    }
}
