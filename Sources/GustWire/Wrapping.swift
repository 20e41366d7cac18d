package import NIOCore

/// The bytes around a payload in a script or a part, and the unwrapping of a posted body, as data of one
/// revision: transports don't know which revision they serve.
package struct Wrapping: Sendable {
    /// A streamed body in which each payload is a script element; it begins with 256 bytes, before which Internet Explorer shows nothing.
    package struct Script: Sendable, Equatable {
        /// The media type of the body.
        package let contentType = "text/html; charset=UTF-8"
        /// Sent first: markup padded to 256 bytes.
        package var opening: ByteBuffer
        /// The bytes before each payload's string literal.
        var prefix: String
        /// The bytes after it.
        var suffix: String

        /// Pads `markup` with blanks to 256 bytes.
        init(markup: String, prefix: String, suffix: String) {
            var opening = ByteBuffer(string: markup)
            opening.writeRepeatingByte(0x20, count: max(0, 256 - opening.readableBytes))
            self.opening = opening
            self.prefix = prefix
            self.suffix = suffix
        }

        /// One payload as a script element.
        package func wrap(_ payload: ByteBuffer) -> ByteBuffer {
            var text = ByteBuffer(string: prefix)
            JSONText.writeForScript(payload, into: &text)
            text.writeString(suffix)
            return text
        }
    }

    /// A streamed body in which each payload is a part that replaces the part before (`multipart/x-mixed-replace`).
    ///
    /// Lines end with a bare LF, and the boundary follows each part, so that a part is complete when it arrives. The
    /// boundary is random for each response, so that no message can contain it.
    package struct Multipart: Sendable, Equatable {
        private let boundary: String

        /// Takes a boundary of 1 to 70 ASCII letters, digits and hyphens.
        package init(boundary: String) {
            self.boundary = boundary
        }

        /// Makes a boundary of 128 random bits from the system's secure source.
        package static func random() -> Multipart {
            var generator = SystemRandomNumberGenerator()
            let (high, low): (UInt64, UInt64) = (generator.next(), generator.next())
            return Multipart(boundary: "socketio-\(String(high, radix: 36))-\(String(low, radix: 36))")
        }

        /// The media type, with the boundary.
        package var contentType: String { #"multipart/x-mixed-replace;boundary="\#(boundary)""# }

        /// Sent first.
        package var opening: ByteBuffer { ByteBuffer(string: "--\(boundary)\n") }

        /// One payload as a part.
        package func wrap(_ payload: ByteBuffer) -> ByteBuffer {
            // Each part has its character set, because Gecko decodes each part by its own fields.
            var text = ByteBuffer(string: "Content-Type: text/plain; charset=UTF-8\n\n")
            text.writeImmutableBuffer(payload)
            text.writeString("\n--\(boundary)\n")
            return text
        }
    }

    /// The bytes before the callback's index.
    var jsonpOpening: String
    /// Between the index and the payload's string literal.
    var jsonpMiddle: String
    /// The media type of the response to a script poll.
    package var jsonpContentType: String
    /// How payloads are streamed as script elements; nil if the revision has no htmlfile transport.
    package var script: Script?
    /// How payloads are streamed as parts, made for each response; nil if the revision has no xhr-multipart transport.
    package var multipart: (@Sendable () -> Multipart)?
    /// The payload in the body of a `POST`.
    ///
    /// The second parameter says whether the request is a form of a page that polls by script.
    package var posted: @Sendable (_ body: ByteBuffer, _ isJSONP: Bool) throws(WireError) -> ByteBuffer

    /// The payload as the call of callback number `index`: `io.JSONP[0]._("…");`.
    package func jsonp(_ payload: ByteBuffer, index: Int) -> ByteBuffer {
        var text = ByteBuffer(string: "\(jsonpOpening)\(index)\(jsonpMiddle)")
        JSONText.writeForScript(payload, into: &text)
        text.writeStaticString(");")
        return text
    }

    /// A refusal as the call of callback number `index`: `io.j[0](new Error("…"));`.
    package func jsonp(error message: String, index: Int) -> ByteBuffer {
        var text = ByteBuffer(string: "\(jsonpOpening)\(index)\(jsonpMiddle)new Error(")
        JSONText.writeForScript(ByteBuffer(string: message), into: &text)
        text.writeStaticString("));")
        return text
    }
}
