#if TLS
import GustServer
import NIOCore
import NIOHTTP2

/// The bounds of a connection of HTTP/2.
///
/// Beyond them, SwiftNIO ends the connection with `ENHANCE_YOUR_CALM`: after 200 resets, 200 errors of streams, or 200 control frames
/// (`PING`, `SETTINGS`, `PRIORITY`) in 30 seconds, 5 `CONTINUATION` frames of one head, and 1 empty `DATA` frame after another.
/// Source: CVE-2023-44487 (rapid reset), CVE-2024-27316 (CONTINUATION), CVE-2019-9511 to -9518.
enum HTTP2Bounds {
    /// How many requests a client may have open at a time.
    static let streams = 100
    /// How many bytes of one body may wait for its reader.
    static let streamWindow = 256 * 1_024
    /// How many bytes of all bodies of a connection may wait for their readers.
    static let connectionWindow = 1_024 * 1_024
    /// How many `WINDOW_UPDATE` frames a client may send for each `DATA` frame or request, and once for a connection.
    ///
    /// SwiftNIO doesn't count these frames. A client needs at most two for each `DATA` frame that it receives.
    static let windowUpdates = 8
    static let windowUpdatesOfConnection = 200

    static func settings(_ limits: HTTPLimits) -> HTTP2Settings {
        [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: streams),
            HTTP2Setting(parameter: .initialWindowSize, value: streamWindow),
            // 32 bytes are counted for each field (RFC 9113 §6.5.2), so a head within the limits is always read. A longer list ends
            // the connection, because the compression of the heads after it would be unknown.
            HTTP2Setting(parameter: .maxHeaderListSize, value: limits.headLength + 32 * (limits.fieldCount + 8)),
        ]
    }
}
#endif
