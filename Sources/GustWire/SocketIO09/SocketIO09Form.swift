import GustJSON
import NIOCore

/// The payload in what a 0.9 client posts: the body itself, or field `d` of a form.
enum SocketIO09Form {
    /// Unwraps a body.
    ///
    /// Clients from 0.8.6 on write the payload as a JSON string, older ones as it is; a packet never begins with a quote.
    static func payload(_ body: ByteBuffer, isJSONP: Bool) throws(WireError) -> ByteBuffer {
        guard isJSONP else { return body }
        guard let field = FormField.value(of: "d", in: body) else { throw WireError(.empty) }
        guard field.readableBytesView.first == UInt8(ascii: "\"") else { return field }
        let literal = try JSONSlice(received: field).bytes
        guard
            let text = literal.withUnsafeReadableBytes({ bytes in
                let range = JSONScanner.trim(0..<bytes.count, in: bytes)
                return JSONStringReader.read(UnsafeRawBufferPointer(rebasing: bytes[range]))
            })
        else { throw WireError(.invalidJSON) }
        return ByteBuffer(string: text)
    }
}
