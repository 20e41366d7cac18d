/// The error of a ``ServerSentEvent`` with a field that can't be sent, because its text would end the field.
public struct EventFieldError: Error, CustomStringConvertible {
    /// Names the field and the character.
    public let description: String

    init(_ name: String, _ character: String) {
        description = "the field `\(name)` of a server-sent event must not contain \(character)"
    }
}
