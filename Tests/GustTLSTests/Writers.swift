#if TLS
import GustHTTP
import NIOCore

/// Answers each request with a stream, and keeps the writers for the test.
///
/// Used on one thread.
final class Writers: @unchecked Sendable {
    private(set) var writers: [any ResponseWriter] = []

    var handler: any Handler {
        ImmediateHandler { _ in Response(body: .stream { [self] writer in writers.append(writer) }) }
    }

    subscript(index: Int) -> any ResponseWriter { writers[index] }
    var count: Int { writers.count }
}
#endif
