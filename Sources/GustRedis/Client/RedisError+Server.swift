#if Redis
import GustHTTP
import NIOCore

extension RedisError {
    /// The error of a server, whose text begins with a code in capitals.
    ///
    /// Source: the codes in `src/server.c` (`createSharedObjects`) and `src/acl.c` of Redis 7.0.
    init(server bytes: ByteBuffer) {
        let view = bytes.readableBytesView
        // A text is for logs; a longer one isn't from Redis.
        let text = String(decoding: view.prefix(300), as: UTF8.self)
        let code = view.prefix { $0 != UInt8(ascii: " ") }
        func begins(_ prefix: StaticString) -> Bool { view.hasPrefixIgnoringASCIICase(prefix) }
        self =
            switch String(decoding: code.prefix(16), as: UTF8.self) {
            case "WRONGPASS", "NOAUTH": .authenticationFailed(text)
            case "NOPERM": .permissionDenied(text)
            case "LOADING": .loading
            case "READONLY": .readOnlyReplica
            case "MASTERDOWN": .masterDown
            case "OOM": .outOfMemory
            case "MISCONF": .cannotSave(text)
            case "ERR" where begins("ERR unknown command") || begins("ERR unknown subcommand"): .unknownCommand(text)
            // The texts of Redis before 6.
            case "ERR" where begins("ERR invalid password") || begins("ERR Client sent AUTH"):
                .authenticationFailed(text)
            default: .refused(text)
            }
    }

    /// Whether the text of ``refused(_:)`` begins with this code.
    package func isRefusal(_ code: StaticString) -> Bool {
        guard case .refused(let text) = self else { return false }
        return text.utf8.hasPrefixIgnoringASCIICase(code)
    }
}
#endif
