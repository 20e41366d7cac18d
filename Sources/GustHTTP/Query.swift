/// The parameters of a query or of a urlencoded form, in order, including repeated names.
///
/// Parameters are decoded when they are read. Decoding never fails: invalid escapes stay unchanged, and bytes that aren't
/// UTF-8 become U+FFFD. At most `maximumParameters` are read. Source: the URL standard,
/// "application/x-www-form-urlencoded parsing".
public struct Query: Sendable, Sequence {
    /// The maximum number of parameters that are read; the rest is ignored, so that the cost of a long query is bounded.
    package static let maximumParameters = 1_000

    private let text: String

    /// Makes a query of `name=value` pairs joined by `&`; `+` is a space, and a name without `=` has an empty value.
    package init(_ text: String) {
        self.text = text
    }

    /// The first value of `name`; nil if it wasn't sent.
    ///
    /// Decoded names are compared by bytes.
    public subscript(name: String) -> String? {
        var found: String?
        forEach(named: name) { value in
            found = value
            return false
        }
        return found
    }

    /// All values of `name`, in the order in which they were sent.
    public func values(of name: String) -> [String] {
        var values: [String] = []
        forEach(named: name) { value in
            values.append(value)
            return true
        }
        return values
    }

    /// Iterates over all parameters in the order in which they were sent.
    public func makeIterator() -> some IteratorProtocol<(name: String, value: String)> {
        var text = text
        var parameters: [(name: String, value: String)] = []
        text.withUTF8 { bytes in
            var scanner = QueryScanner(UnsafeRawBufferPointer(bytes))
            while let parameter = scanner.next() {
                parameters.append((parameter.nameText, parameter.valueText))
            }
        }
        return parameters.makeIterator()
    }

    /// Calls `body` with the decoded name of each parameter, its value as it was sent, and a closure that decodes the value.
    ///
    /// The parameters are in the order in which they were sent. Bytes of a name that aren't UTF-8 after decoding stay unchanged. The memory is
    /// borrowed for the call. This is for callers that look for several names: each lookup of one name reads the whole query.
    package func scan(
        _ body: (_ name: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer, _ value: () -> String) -> Void
    ) {
        guard !text.isEmpty else { return }
        var text = text
        text.withUTF8 { bytes in
            var scanner = QueryScanner(UnsafeRawBufferPointer(bytes))
            while let parameter = scanner.next() {
                parameter.withNameBytes { name in body(name, parameter.value) { parameter.valueText } }
            }
        }
    }

    /// Calls `body` with each value of `name` until `body` returns `false`.
    private func forEach(named name: String, _ body: (String) -> Bool) {
        guard !text.isEmpty else { return }
        var text = text
        var name = name
        text.withUTF8 { bytes in
            name.withUTF8 { name in
                let name = UnsafeRawBufferPointer(name)
                var scanner = QueryScanner(UnsafeRawBufferPointer(bytes))
                while let parameter = scanner.next() {
                    guard parameter.isNamed(name) else { continue }
                    guard body(parameter.valueText) else { return }
                }
            }
        }
    }
}
