package import GustHTTP

/// The values of a session, as a ``SessionStore`` stores them: JSON texts by key.
///
/// A store doesn't read them: it stores the value itself, or encodes it with any encoder.
public struct SessionValues: Sendable, Codable, Equatable {
    /// The JSON texts; keys are compared by bytes.
    package var texts: [ByteText: String]

    /// Makes values of JSON texts.
    package init(_ texts: [ByteText: String]) {
        self.texts = texts
    }
}

extension SessionValues: ExpressibleByDictionaryLiteral {
    /// Makes values of JSON texts by key, for tests of a store; the last of several equal keys counts.
    public init(dictionaryLiteral elements: (String, String)...) {
        texts = Dictionary(elements.map { (ByteText($0), $1) }) { $1 }
    }
}
