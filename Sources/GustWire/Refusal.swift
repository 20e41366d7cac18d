/// The reason why a request is refused before it reaches a connection.
package enum Refusal: Sendable, Equatable {
    case unknownTransport
    case unknownSession
    case badHandshakeMethod
    case badRequest
    case forbidden(String)
    case unsupportedVersion
}
