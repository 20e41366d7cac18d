import GustHTTP
import NIOCore
import NIOHTTP1

/// Collects a response whose status or length doesn't suit, and makes the error of it.
enum ResponseCheck {
    /// How much of a refusal's body an error quotes.
    private static let quoted = 200

    /// The error of a refusal.
    static func error(_ head: HTTPResponseHead, _ body: ByteBuffer) -> ClientError {
        if (300..<400).contains(head.status.code), let location = head.headers.first(name: "Location") {
            return .redirected(to: String(decoding: location.utf8.prefix(1_000), as: UTF8.self))
        }
        let text = String(decoding: body.readableBytesView.prefix(quoted), as: UTF8.self)
        return .refused(status: Int(head.status.code), message: text.isEmpty ? head.status.reasonPhrase : text)
    }
}
