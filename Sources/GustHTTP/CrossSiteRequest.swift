/// What a middleware against forged requests found out: the request comes from a page of another site, and was let through
/// because it is harmless for a handler that changes nothing.
///
/// A handler for which it isn't, such as a Socket.IO endpoint, whose `GET` opens and reads a session, refuses it.
package enum CrossSiteRequest: RequestStorageKey {
    package typealias Value = Bool
}
