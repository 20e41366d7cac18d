import GustJSON
package import NIOCore

/// The call of a page's callback by the response to a script (JSONP), such as `io.j[0]("…");`.
package struct ScriptCallback: Sendable, Equatable {
    /// The bytes before the callback's index.
    let prefix: String
    /// The bytes between the index and the argument.
    let middle: String
    /// The media type of the response to a script poll.
    let contentType: String

    /// The call of callback number `index` with a payload as its argument, a string literal.
    package func call(_ index: Int, with payload: ByteBuffer) -> ByteBuffer {
        var text = ByteBuffer(string: "\(prefix)\(index)\(middle)")
        JSONText.writeForScript(payload, into: &text)
        text.writeStaticString(");")
        return text
    }

    /// The call of callback number `index` with an error as its argument: `io.j[0](new Error("…"));`.
    package func call(_ index: Int, withError message: String) -> ByteBuffer {
        var text = ByteBuffer(string: "\(prefix)\(index)\(middle)new Error(")
        JSONText.writeForScript(ByteBuffer(string: message), into: &text)
        text.writeStaticString("));")
        return text
    }
}
