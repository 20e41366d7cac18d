package import GustHTTP

/// The user of a session, compared by bytes.
package struct SessionIdentity: Sendable, Codable, Equatable {
    /// The name or id of the user in the application.
    package var user: ByteText
    /// The roles of the user.
    package var roles: Set<ByteText>

    package init(user: ByteText, roles: Set<ByteText>) {
        self.user = user
        self.roles = roles
    }
}
