package import GustWire
package import NIOCore

/// Takes a payload out of a script (JSONP), as a browser does by executing it.
package enum ScriptPayload {
    /// The string that a script passes to its callback: `io.j[7]("…");`, `___eio[7]("…");`, `io.JSONP[7]._("…");`.
    ///
    /// The rest of the script isn't read.
    /// - Throws: ``WireError`` if the script has no string, or if what is between its first and its last quote isn't one string
    ///   literal of JSON.
    package static func read(_ script: ByteBuffer) throws(WireError) -> ByteBuffer {
        let quote = UInt8(ascii: "\"")
        let bytes = script.readableBytesView
        guard let start = bytes.firstIndex(of: quote), let end = bytes.lastIndex(of: quote), start < end,
            let literal = script.getSlice(at: start, length: end + 1 - start)
        else { throw WireError(.malformed) }
        guard let payload = try JSONSlice(received: literal).string else { throw WireError(.invalidJSON) }
        return ByteBuffer(string: payload)
    }
}
