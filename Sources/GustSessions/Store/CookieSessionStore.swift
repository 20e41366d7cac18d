import GustHTTP

/// Takes the place of a store for sessions that are in a cookie: it keeps nothing, because the response sets the cookie.
struct CookieSessionStore: ImmediateSessionStore {
    func load(_ id: String) -> SessionRecord? { nil }

    func save(_ record: SessionRecord, for id: String) -> Bool { true }

    func remove(_ id: String) {}

    func removeAll(of user: String, except kept: String?) -> [String] { [] }
}
