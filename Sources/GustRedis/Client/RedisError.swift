#if Redis
import GustHTTP

/// A command failed, or a server can't be used; the description says what to do.
public enum RedisError: Error, Sendable {
    /// More commands wait than ``RedisSettings/maximumPendingBytes`` allows; the command wasn't sent.
    case overloaded
    /// No reply came before the deadline; Redis may have executed the command, or will do so.
    case timedOut
    /// The connection was lost after the command had been written; Redis may have executed the command. The text is the reason.
    case connectionLost(String)
    /// No connection could be made; the text is the reason.
    case unreachable(String)
    /// The client was closed.
    case closed
    /// The server sent bytes that aren't RESP, or exceeded ``RedisSettings/replyLimits``; the text is the reason.
    case malformedReply(String)
    /// The password or user is wrong or missing (`WRONGPASS`, `NOAUTH`); the text is that of the server.
    case authenticationFailed(String)
    /// The user may not execute the command, or not use the key or channel (`NOPERM`); the text is that of the server.
    case permissionDenied(String)
    /// The server is reading its data set (`LOADING`).
    case loading
    /// The server is a replica, which refuses writes (`READONLY`).
    case readOnlyReplica
    /// The server is a replica without a connection to its master (`MASTERDOWN`).
    case masterDown
    /// The server has no memory for the command (`OOM`).
    case outOfMemory
    /// The server refuses writes, because it can't save its data (`MISCONF`); the text is that of the server.
    case cannotSave(String)
    /// The server doesn't know the command; the text is that of the server.
    case unknownCommand(String)
    /// TLS can't be used; the text is the reason.
    case tls(String)
    /// Another error of the server; the text begins with its code.
    case refused(String)
}

extension RedisError: Equatable {
    /// Whether both errors have the same case and text, compared by bytes.
    public static func == (left: RedisError, right: RedisError) -> Bool {
        left.description.hasSameBytes(as: right.description)
    }
}

extension RedisError: CustomStringConvertible {
    /// What happened, and what to do about it.
    public var description: String {
        switch self {
        case .overloaded: "too many commands wait for Redis; the command wasn't sent"
        case .timedOut: "Redis didn't reply in time"
        case .connectionLost(let reason): "the connection to Redis was lost: \(reason)"
        case .unreachable(let reason): "Redis can't be reached: \(reason)"
        case .closed: "the Redis client was closed"
        case .malformedReply(let reason):
            "the server didn't reply as Redis does: \(reason); check the address, and whether the port uses TLS"
        case .authenticationFailed(let text):
            "Redis refuses the user or password: \(text); check username and password in RedisSettings"
        case .permissionDenied(let text):
            "the user may not do this in Redis: \(text); extend the rules of the user with ACL SETUSER"
        case .loading: "Redis is loading its data set; the command can be repeated later"
        case .readOnlyReplica: "this Redis is a read-only replica; connect to its master"
        case .masterDown: "this Redis is a replica that has lost its master; check the master, or connect to it"
        case .outOfMemory:
            "Redis has no memory left: raise maxmemory, or let it evict keys with maxmemory-policy"
        case .cannotSave(let text):
            "Redis refuses writes because it can't save its data: \(text); check the disk of the server"
        case .unknownCommand(let text): "this Redis is too old, or has the command disabled: \(text)"
        case .tls(let reason): "TLS to Redis failed: \(reason)"
        case .refused(let text): "Redis refuses the command: \(text)"
        }
    }
}
#endif
