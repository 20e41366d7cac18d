import GustHTTP

/// The parameters of zlib for compressed messages.
package struct DeflateParameters: Hashable {
    /// The size of the window as a power of two: 9 to 15.
    var windowBits = 15
    /// 1 (fastest) to 9 (smallest output).
    var level = 6
    /// 1 (least memory) to 9 (fastest).
    var memoryLevel = 8

    /// The kind of frame that all WebSockets with these parameters share.
    var framing: PreparedMessage.OtherFraming {
        .deflated(windowBits: windowBits, level: level, memoryLevel: memoryLevel)
    }

    /// About how many bytes a deflator needs (zlib's `zconf.h`).
    var deflatorSize: Int { (1 << (windowBits + 2)) + (1 << (memoryLevel + 9)) }
}
