/// The parameters of a query or of a urlencoded form, in order, repeated names kept.
///
/// Never fails: what isn't a valid escape stays as it was sent. At most ``maximumParameters`` are read. Source: the URL
/// standard, "application/x-www-form-urlencoded parsing".
public struct Query: Sendable, Sequence {
    /// How many parameters are read; the rest is ignored, so that a long query costs a bounded amount.
    public static let maximumParameters = 1_000

    private let parameters: [(name: String, value: String)]

    /// Parses `name=value` pairs joined by `&`; `+` is a space, a name without `=` has an empty value.
    public init(_ text: String) {
        guard !text.isEmpty else {
            parameters = []
            return
        }
        parameters = text.utf8.split(separator: UInt8(ascii: "&"), maxSplits: Self.maximumParameters)
            .prefix(Self.maximumParameters)
            .map { pair in
                let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                    .map(Substring.init)
                return (
                    PercentEncoding.decodeFormComponent(parts[0]),
                    parts.count > 1 ? PercentEncoding.decodeFormComponent(parts[1]) : ""
                )
            }
    }

    /// The first value of `name`, or nil if it wasn't sent.
    public subscript(name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// All values of `name`, in the order they were sent.
    public func values(of name: String) -> [String] {
        parameters.filter { $0.name == name }.map(\.value)
    }

    /// Goes over all parameters in the order they were sent.
    public func makeIterator() -> some IteratorProtocol<(name: String, value: String)> {
        parameters.makeIterator()
    }
}
