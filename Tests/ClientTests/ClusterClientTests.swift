#if Redis
import Testing

/// The chat room on several servers, as `make cluster` runs it.
///
/// `scripts/traits` runs it.
@Suite(.serialized, .timeLimit(.minutes(6))) struct ClusterClientTests {
    @Test func `a room on three servers behind nginx loses no line when a server is killed`()
        async throws
    {
        try await Script.python("cluster.py", Script.product("Chatroom"))
    }

    @Test
    func
        `every observer's list of the present members is right while members come and go, and after a node was killed`()
        async throws
    {
        try await Script.python("presence.py", Script.product("PresenceServer"))
    }
}
#endif
