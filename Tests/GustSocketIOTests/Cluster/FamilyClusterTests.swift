import GustAdapter
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// Broadcasts to a family, over one server and over two servers of a cluster.
@Suite(.leavesNothing) struct FamilyClusterTests {
    private func families(_ nodes: Nodes) -> [NamespaceFamily] {
        nodes.servers.map { server in
            let family = server.namespaces { $0.hasPrefix("/x-") }
            family.on("join") { (socket: Socket, room: String) in
                socket.join(room)
                return true
            }
            return family
        }
    }

    /// Two clients in each of two namespaces, so that each namespace exists on each server.
    private func open(_ nodes: Nodes) async throws -> [TestSocket] {
        var sockets: [TestSocket] = []
        for name in ["/x-1", "/x-2"] {
            for number in 0..<2 {
                sockets.append(try await nodes.clients[number % nodes.clients.count].open(namespace: name))
            }
        }
        return sockets
    }

    @Test(arguments: [1, 2])
    func `a broadcast to a family reaches its namespaces on all servers once`(count: Int) async throws {
        let nodes = Nodes(count)
        let families = families(nodes)
        let sockets = try await open(nodes)
        for socket in sockets.dropFirst() { _ = try await socket.emitWithAcknowledgement("join", "a") }
        _ = try await sockets[3].emitWithAcknowledgement("join", "muted")
        families[0].emit("all", 1)
        families[0].to("a").except("muted").emit("some")
        await nodes.settle()
        for (index, socket) in sockets.enumerated() {
            #expect(try await socket.nextIfAny() == .event("all", ["1"]))
            #expect(try await socket.nextIfAny() == (1...2 ~= index ? .event("some", []) : nil))
            #expect(try await socket.nextIfAny() == nil)
        }
    }

    @Test(arguments: [1, 2])
    func `local keeps a broadcast to a family on its server`(count: Int) async throws {
        let nodes = Nodes(count)
        let families = families(nodes)
        let sockets = try await open(nodes)
        families[0].everybody.local.emit("here")
        await nodes.settle()
        for (index, socket) in sockets.enumerated() {
            let isHere = count == 1 || index % 2 == 0
            #expect(try await socket.nextIfAny() == (isHere ? .event("here", []) : nil))
        }
    }

    @Test(arguments: [1, 2])
    func `the sockets of a family are fetched, moved and disconnected`(count: Int) async throws {
        let nodes = Nodes(count)
        let families = families(nodes)
        let sockets = try await open(nodes)
        families[0].everybody.join("b")
        await nodes.settle()
        let fetched = await families[0].to("b").fetchSockets()
        #expect(Set(fetched.sockets.map(\.id)) == Set(sockets.map(\.id)))
        #expect(fetched.silentNodes.isEmpty)
        #expect(await families[0].everybody.sockets().count == (count == 1 ? 4 : 2))
        families[0].to("b").disconnect()
        await nodes.settle()
        for socket in sockets { #expect(try await socket.next() == .disconnected) }
    }

    @Test(arguments: [1, 2])
    func `the acknowledgements of a family are one sequence`(count: Int) async throws {
        let nodes = Nodes(count)
        let families = families(nodes)
        let sockets = try await open(nodes)
        let replies = try families[0].everybody.emitWithAcknowledgement("ready?")
        await nodes.settle()
        for (number, socket) in sockets.enumerated() {
            #expect(try await socket.next() == .event("ready?", []))
            try await socket.acknowledge(number)
        }
        await nodes.settle()
        #expect(Set(try await replies.all().map { try $0.decode(Int.self, at: 0) }) == [0, 1, 2, 3])
    }

    @Test func `a namespace that is made again after its removal is on the bus`() async throws {
        let nodes = Nodes(2)
        let families = families(nodes)
        for _ in 0..<2 {
            let sockets = try await open(nodes)
            families[1].emit("x")
            await nodes.settle()
            for socket in sockets {
                #expect(try await socket.nextIfAny() == .event("x", []))
                try await socket.close()
            }
            await nodes.settle()
            #expect(families.allSatisfy { $0.namespaces.isEmpty })
        }
    }

    @Test func `an event between servers reaches the namespaces of a family on the other servers`() async throws {
        let nodes = Nodes(2)
        let families = families(nodes)
        let calls = Recorded<Int>()
        for (number, family) in families.enumerated() {
            family.onServerSide("reload") { (value: Int) in calls.add(10 * number + value) }
        }
        _ = try await open(nodes)
        families[0].serverSideEmit("reload", 1)
        try await nodes.clients[0].wait(for: "the handlers") { calls.all.count == 2 }
        #expect(calls.all == [11, 11])
    }

    @Test func `the replies of all namespaces of a family are collected, before those of the namespaces themselves`()
        async throws
    {
        let nodes = Nodes(2)
        let families = families(nodes)
        families[1].onServerSide("number") { (base: Int) in base + 1 }
        _ = try await open(nodes)
        nodes.last["/x-1"].onServerSide("number") { (base: Int) in base + 2 }
        nodes.last["/x-1"].onServerSide("own") { 3 }
        let numbers = try await families[0].serverSideEmitWithAcknowledgement("number", 10)
        #expect(try numbers.replies.map { try $0.decode(Int.self, at: 0) } == [11, 11])
        #expect(numbers.silentNodes.isEmpty)
        let own = try await families[0].serverSideEmitWithAcknowledgement("own")
        #expect(try own.replies.map { try $0.decode(Int.self, at: 0) } == [3])
        #expect(own.silentNodes == ["node 1"])
        #expect(
            try await nodes.first.namespaces { $0 == "/none" }.serverSideEmitWithAcknowledgement("x").replies.isEmpty
        )
    }
}
