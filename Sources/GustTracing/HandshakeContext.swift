#if Tracing
import GustHTTP
import Tracing

/// The context of the span of a request, which the handshake of a Socket.IO connection keeps.
enum HandshakeContext: RequestStorageKey {
    typealias Value = ServiceContext
}
#endif
