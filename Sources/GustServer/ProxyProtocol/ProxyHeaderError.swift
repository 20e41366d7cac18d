/// The reason why bytes aren't a header of the PROXY protocol.
package enum ProxyHeaderError: Error, Equatable, CustomStringConvertible {
    case signature
    case tooLong
    case version
    case command
    case family
    case addressLength
    case address
    case port

    package var description: String {
        switch self {
        case .signature: "the connection doesn't begin with a PROXY header"
        case .tooLong: "the header is too long"
        case .version: "the version isn't 2"
        case .command: "the command is neither LOCAL nor PROXY"
        case .family: "the address family is unknown"
        case .addressLength: "the header is shorter than its addresses"
        case .address: "an address is malformed"
        case .port: "a port is malformed"
        }
    }
}
