// A handler of the seed's way has a session.
@_exported public import GustSessions
