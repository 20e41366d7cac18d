public import GustHTTP
import NIOCore
import Synchronization

/// The durations of one request; `request.timing`.
///
/// May be used from any thread. At most 32 durations are kept.
public final class RequestTiming: Sendable {
    /// The key of the durations in `RequestStorage`.
    enum Key: RequestStorageKey { typealias Value = RequestTiming }

    private struct Entry {
        let name: String
        let description: String?
        let duration: TimeAmount
    }

    private static let maximumCount = 32

    /// Nothing is kept if ``ServerTiming`` doesn't send it.
    static let inactive = RequestTiming()

    /// The clock; nil if nothing is kept.
    private let eventLoop: (any EventLoop)?
    private let begin: NIODeadline
    private let entries = Mutex<[Entry]>([])

    private init() { (eventLoop, begin) = (nil, .uptimeNanoseconds(0)) }

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        begin = eventLoop.now
    }

    /// Calls `body`, and adds how long that takes; also if `body` throws.
    ///
    /// - Parameters:
    ///   - name: The name of the duration, a token of letters, digits, `-` and the like (RFC 9110 §5.6.2); other bytes become `-`.
    ///   - description: A text for people.
    ///   - body: What is measured.
    /// - Returns: The result of `body`.
    /// - Throws: The error of `body`.
    public func measure<Result, Failure: Error>(
        _ name: String,
        _ description: String? = nil,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let eventLoop else { return try body() }
        let begin = eventLoop.now
        defer { append(name, description, eventLoop.now - begin) }
        return try body()
    }

    /// Awaits `body`, and adds how long that takes; also if `body` throws.
    ///
    /// - Parameters:
    ///   - name: The name of the duration, a token of letters, digits, `-` and the like (RFC 9110 §5.6.2); other bytes become `-`.
    ///   - description: A text for people.
    ///   - isolation: The actor of the caller, on which `body` runs.
    ///   - body: What is measured.
    /// - Returns: The result of `body`.
    /// - Throws: The error of `body`.
    public func measure<Result, Failure: Error>(
        _ name: String,
        _ description: String? = nil,
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        guard let eventLoop else { return try await body() }
        let begin = eventLoop.now
        defer { append(name, description, eventLoop.now - begin) }
        return try await body()
    }

    /// Adds a duration that was measured otherwise, or a remark without a duration, such as whether a cache had the value.
    ///
    /// - Parameters:
    ///   - name: The name of the duration, a token of letters, digits, `-` and the like (RFC 9110 §5.6.2); other bytes become `-`.
    ///   - description: A text for people.
    ///   - duration: The duration; zero is left out.
    public func add(_ name: String, _ description: String? = nil, _ duration: Duration = .zero) {
        guard eventLoop != nil else { return }
        append(name, description, TimeAmount(duration))
    }

    private func append(_ name: String, _ description: String?, _ duration: TimeAmount) {
        entries.withLock { entries in
            guard entries.count < Self.maximumCount else { return }
            entries.append(Entry(name: name, description: description, duration: duration))
        }
    }

    /// The value of the field.
    var text: String {
        let total = (eventLoop?.now ?? begin) - begin
        var text = ""
        entries.withLock { entries in
            for entry in entries {
                Self.write(entry, to: &text)
                text += ", "
            }
        }
        text += "total"
        Self.write(total, to: &text)
        return text
    }

    private static func write(_ entry: Entry, to text: inout String) {
        if entry.name.isToken {
            text += entry.name
        } else {
            let dash = UInt8(ascii: "-")
            text += String(decoding: entry.name.utf8.map { $0.isTokenCharacter ? $0 : dash }, as: UTF8.self)
        }
        if let description = entry.description {
            text += ";desc=\""
            text += quoted(description)
            text += "\""
        }
        write(entry.duration, to: &text)
    }

    private static func write(_ duration: TimeAmount, to text: inout String) {
        guard duration > .zero else { return }
        text += ";dur="
        let microseconds = duration.nanoseconds / 1_000
        let fraction = microseconds % 1_000
        text += String(microseconds / 1_000)
        // Milliseconds with three digits behind the point.
        text += fraction < 10 ? ".00" : fraction < 100 ? ".0" : "."
        text += String(fraction)
    }

    /// Printable ASCII, with escapes for quotes and backslashes.
    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte >= 0x20 && byte < 0x7F ? byte : UInt8(ascii: "?"))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Request {
    /// The durations of this request, which ``ServerTiming`` sends; without that middleware, and for clients that don't get them, nothing is
    /// measured.
    public var timing: RequestTiming { storage[RequestTiming.Key.self] ?? .inactive }
}
