/// The token for forms.
extension Session {
    /// A token for the forms of a page, which proves that a request comes from this application's pages.
    ///
    /// Put it into a hidden field `_csrf`, or let the page's script send it in the field `X-CSRF-Token`. Each call returns another
    /// token, all of which are valid as long as the session; see ``CSRF`` for the requests that need one.
    ///
    /// - Throws: ``SessionError/tooLarge`` if the values exceed the limit with the secret; ``SessionError/ended`` if the session
    ///   has ended.
    public func csrfToken() throws -> String { try SessionToken.make(in: self) }
}
