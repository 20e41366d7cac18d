import GustHTTP
import HTTPTypes
import NIOEmbedded

@testable import GustFiles

/// Fuzzes the header fields that affect the response with a file, and the path of a file.
enum FieldFuzzing {
    /// The first second of the year 10000, which has no HTTP date.
    private static let end = 253_402_300_800

    private static let executor = LoopExecutor(EmbeddedEventLoop())

    static func run(_ input: Input) {
        guard let text = input.text else { return }
        checkRanges(text)
        checkDate(text)
        checkPath(text)
        let encodings = AcceptedEncodings(text)
        for coding in ["gzip", "br", "identity", ""] {
            let weight = encodings.weight(of: coding)
            require(weight >= 0 && weight <= 1, "\(text) gives \(coding) the weight \(weight)")
        }
        _ = encodings.preferred(among: ["br", "gzip"])
        _ = EntityTag.isListed("\"a\"", in: text)
        _ = EntityTag.isListedStrongly("\"a\"", in: text)
        _ = text.containsToken("upgrade")
        checkConditions(text)
    }

    private static func checkRanges(_ text: String) {
        for length in [0, 1, 1_000, 1 << 40] {
            guard case .parts(let parts) = ByteRanges(text, length: length) else { continue }
            require(!parts.isEmpty && parts.count <= ByteRanges.maximumParts, "\(parts.count) parts")
            for part in parts {
                require(!part.isEmpty && part.lowerBound >= 0 && part.upperBound <= length, "\(part) of \(length)")
            }
        }
    }

    private static func checkDate(_ text: String) {
        guard let date = HTTPDate(text), date.seconds < end else { return }
        require(HTTPDate(date.description) == date, "\(text) is \(date), which is another time")
    }

    private static func checkPath(_ text: String) {
        guard let path = FilePath(text) else { return }
        for component in path.components {
            require(
                !component.isEmpty && !component.hasPrefix(".") && !component.utf8.contains(UInt8(ascii: "/")),
                "\(text) names \(component)"
            )
        }
    }

    private static func checkConditions(_ text: String) {
        var headers = HTTPFields()
        for name: HTTPField.Name in [.ifMatch, .ifNoneMatch, .ifModifiedSince, .ifRange, .range] {
            headers[name] = text
        }
        guard let target = RequestTarget("/") else { return }
        let request = Request(method: .get, target: target, headers: headers, executor: executor)
        let conditions = RequestConditions(request)
        _ = conditions.verdict(tag: "\"a\"", modified: HTTPDate(seconds: 0))
        _ = conditions.ranges(tag: "\"a\"", modified: HTTPDate(seconds: 0), length: 100, now: HTTPDate(seconds: 10))
    }
}
