package import HTTPTypes

/// The header fields of a request, in the form in which the request has them.
package enum RequestFields: Sendable {
    /// As they were received.
    case received(ReceivedFields)
    /// As code has made or changed them.
    case made(HTTPFields)

    /// Whether there may be a field whose name in lower case is `name`; nothing is copied to find this out.
    func mayHave(_ name: StaticString) -> Bool {
        switch self {
        case .received(let received): received.mayHave(name)
        case .made: true
        }
    }

    /// The fields.
    package var all: HTTPFields {
        switch self {
        case .received(let received): received.fields
        case .made(let fields): fields
        }
    }
}
