#if TLS
import GustHTTP
import GustServer
import NIOCore
import NIOHTTP2

extension HTTPConnectionStart {
    /// Adds the handlers of HTTP/2 to the end of the pipeline.
    ///
    /// - Parameter storage: The values that each request of the connection begins with.
    func addHTTP2(to channel: any Channel, storage: RequestStorage) throws {
        let frames = HTTP2FrameCounter()
        let connection = HTTP2ConnectionHandler(self, storage, frames)
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings = HTTP2Bounds.settings(limits)
        try channel.pipeline.syncOperations.addHandlers([
            HTTP2HeadWatch { [weak connection] isInside in connection?.headChanged(isInside: isInside) },
            OutputGatheringHandler(),
            NIOHTTP2Handler(
                mode: .server,
                frameDelegate: frames,
                connectionConfiguration: configuration,
                streamConfiguration: NIOHTTP2Handler.StreamConfiguration()
            ),
            connection,
        ])
    }
}
#endif
