/// The reason why a server can't start: the system's library doesn't offer a digest that Gust needs.
package struct MissingDigestError: Error, Equatable, CustomStringConvertible {
    /// The name of the digest in the library, such as `SHA1`.
    package let name: StaticString

    package init(_ name: StaticString) { self.name = name }

    /// The message for the person who starts the server.
    package var description: String {
        """
        the system's libcrypto offers no \(name), which WebSocket handshakes and signatures need: \
        install OpenSSL 3 or newer, with its default or FIPS provider turned on in openssl.cnf
        """
    }

    package static func == (left: MissingDigestError, right: MissingDigestError) -> Bool {
        left.description == right.description  // bytes: our own names
    }
}
