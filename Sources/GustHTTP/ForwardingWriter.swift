package import HTTPTypes
package import NIOCore

/// A writer that wraps another writer and forwards the members that it doesn't change.
package protocol ForwardingWriter: ServerResponseWriter {
    /// The wrapped writer.
    var writer: any ResponseWriter { get }
}

extension ForwardingWriter {
    package var eventLoop: any EventLoop { writer.eventLoop }
    package var status: HTTPResponse.Status {
        get { writer.status }
        set { writer.status = newValue }
    }
    package var headers: HTTPFields {
        get { writer.headers }
        set { writer.headers = newValue }
    }
    package var isChunked: Bool {
        get { writer.isChunked }
        set { writer.isChunked = newValue }
    }
    package var isWritable: Bool { writer.isWritable }
    package var hasPeerFinished: Bool { writer.hasPeerFinished }
    package var onWritable: (() -> Void)? {
        get { writer.onWritable }
        set { writer.onWritable = newValue }
    }
}

/// The members that a writer of an application doesn't have.
extension ForwardingWriter {
    private var server: (any ServerResponseWriter)? { writer as? any ServerResponseWriter }

    package var executor: LoopExecutor { server?.executor ?? LoopExecutor(eventLoop) }
    package var carriesBody: Bool { server?.carriesBody ?? true }
    package var trailers: HTTPFields? {
        get { server?.trailers }
        set { server?.trailers = newValue }
    }
    package var onShutdown: (() -> Void)? {
        get { server?.onShutdown }
        set { server?.onShutdown = newValue }
    }
    package func sendInterim(_ status: HTTPResponse.Status, _ headers: HTTPFields) {
        server?.sendInterim(status, headers)
    }
    package func report(_ error: any Error) { server?.report(error) }
}
