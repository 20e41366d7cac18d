#if TLS
import GustHTTP
import GustServer
import NIOCore
import NIOHTTP2

extension HTTPConnectionStart {
    /// Adds the handlers of HTTP/2 to the end of the pipeline.
    ///
    /// - Parameters:
    ///   - channel: The channel of the connection.
    ///   - storage: The values that each request of the connection begins with.
    /// - Throws: The error of the pipeline, if the channel is closed.
    func addHTTP2(to channel: any Channel, storage: RequestStorage) throws {
        let frames = HTTP2FrameCounter()
        let output = OutputGatheringHandler()
        let connection = HTTP2ConnectionHandler(self, storage, frames, output)
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings = HTTP2Bounds.settings(limits)
        try channel.pipeline.syncOperations.addHandlers([
            HTTP2HeadWatch { [weak connection] isInside in connection?.headChanged(isInside: isInside) },
            output,
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
