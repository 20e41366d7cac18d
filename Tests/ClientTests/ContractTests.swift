import Testing

/// The documents that a program writes from the declarations of its events.
@Suite struct ContractTests {
    @Test func `the compiler of TypeScript accepts the types of the chat room, and refuses their wrong use`()
        async throws
    {
        try await Script.python("contract.py", Script.product("Chatroom"))
    }
}
