import NIOCore

/// A streamed body in which each payload is a part that replaces the part before (`multipart/x-mixed-replace`).
///
/// Lines end with a bare LF, and the boundary follows each part, so that a part is complete when it arrives. The
/// boundary is random for each response, so that no message can contain it.
struct ReplacingParts: Sendable, Equatable {
    private let boundary: String

    /// Takes a boundary of 1 to 70 ASCII letters, digits and hyphens.
    init(boundary: String) {
        self.boundary = boundary
    }

    /// Makes a boundary of 128 random bits from the system's secure source.
    static func random() -> ReplacingParts {
        var generator = SystemRandomNumberGenerator()
        let (high, low): (UInt64, UInt64) = (generator.next(), generator.next())
        return ReplacingParts(boundary: "socketio-\(String(high, radix: 36))-\(String(low, radix: 36))")
    }

    /// The media type, with the boundary.
    var contentType: String { #"multipart/x-mixed-replace;boundary="\#(boundary)""# }

    /// Sent first.
    var opening: ByteBuffer { ByteBuffer(string: "--\(boundary)\n") }

    /// One payload as a part.
    func wrap(_ payload: ByteBuffer) -> ByteBuffer {
        // Each part has its character set, because Gecko decodes each part by its own fields.
        var text = ByteBuffer(string: "Content-Type: text/plain; charset=UTF-8\n\n")
        text.writeImmutableBuffer(payload)
        text.writeString("\n--\(boundary)\n")
        return text
    }
}
