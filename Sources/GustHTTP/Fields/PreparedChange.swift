package import HTTPTypes

/// A change that a middleware makes to the header fields of many responses, made once; see ``PreparedFields``.
package final class PreparedChange: Sendable {
    /// Changes the fields; the result depends on nothing else.
    package let apply: @Sendable (inout HTTPFields) -> Void

    package init(_ apply: @escaping @Sendable (inout HTTPFields) -> Void) { self.apply = apply }
}
