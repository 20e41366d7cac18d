/// A message for the next page that a visitor sees; see ``Session/flash(_:kind:)``.
public struct FlashMessage: Sendable, Codable, Hashable {  // bytes: text for people
    /// The kind, for example a class of the style sheet.
    public var kind: String
    /// The text.
    public var text: String
}
