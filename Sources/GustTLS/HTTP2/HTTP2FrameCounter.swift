#if TLS
import NIOHTTP2

/// Sees the frames that a connection sends.
///
/// Used on the loop only.
final class HTTP2FrameCounter: NIOHTTP2FrameDelegate {
    /// How many `DATA` frames were sent.
    private(set) var dataFrames = 0
    /// Whether a `GOAWAY` with an error was sent.
    private(set) var hasSentError = false

    func wroteFrame(_ frame: HTTP2Frame) {
        switch frame.payload {
        case .data: dataFrames &+= 1
        case .goAway(_, let code, _): if code != .noError { hasSentError = true }
        default: break
        }
    }
}
#endif
