package import HTTPTypes

/// Header fields that many responses have, with the lines that a server of HTTP/1.1 sends for them.
///
/// The responses of one kind begin with the same fields, and middleware changes them in the same way. Both are made once, and each
/// response refers to the result. None is a field that the server writes itself, such as `Content-Length`, `Connection` and `Upgrade`.
package final class PreparedFields: Sendable {
    /// These fields after a change, and those after the change that came next.
    private final class Changed: Sendable {
        let change: PreparedChange
        let result: PreparedFields
        let next = LazyReference<Changed>()

        init(_ fields: HTTPFields, _ change: PreparedChange) {
            self.change = change
            var fields = fields
            change.apply(&fields)
            result = PreparedFields(fields)
        }
    }

    /// How many results are kept; a program has few kinds of middleware that change the same fields.
    private static let maximumChanges = 8

    package let fields: HTTPFields
    /// `name: value` and CR LF for each field (RFC 9112 §5).
    package let lines: [UInt8]
    private let changed = LazyReference<Changed>()

    package init(_ fields: HTTPFields) {
        self.fields = fields
        lines = fields.flatMap { Array("\($0.name.rawName): \($0.value)\r\n".utf8) }
    }

    /// The fields after a change; nil if the results of other changes are kept already.
    package func changed(by change: PreparedChange) -> PreparedFields? {
        var known = changed.value { Changed(fields, change) }
        for _ in 0..<Self.maximumChanges {
            if known.change === change { return known.result }
            known = known.next.value { Changed(fields, change) }
        }
        return nil
    }

    // Header fields with the type of the body, because nearly every response starts with one of these.
    package static let none = PreparedFields([:])
    package static let plainText = PreparedFields([.contentType: "text/plain; charset=utf-8"])
    package static let plainTextOnly = PreparedFields([
        .contentType: "text/plain; charset=utf-8", .xContentTypeOptions: "nosniff",
    ])
    package static let html = PreparedFields([.contentType: "text/html; charset=utf-8"])
    package static let json = PreparedFields([.contentType: "application/json"])
    package static let octetStream = PreparedFields([.contentType: "application/octet-stream"])
}
