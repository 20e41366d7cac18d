import GustAdapter
import GustWire
import NIOCore
import Testing

@testable import GustCluster

/// The bytes that the cluster adapters of Node share (socket.io-adapter 2.5.8).
@Suite struct ClusterMessageFormatTests {
    let format = ClusterMessageFormat(node: "365ceecfac767187", namespace: "/", isExtended: false)
    let other = ClusterMessageFormat(node: "0000000000000000", namespace: "/", isExtended: false)

    private func text(_ content: ClusterMessage.Content) throws -> String {
        String(buffer: try #require(try format.encode(content)))
    }

    private let envelope = #""uid":"365ceecfac767187","nsp":"/""#

    @Test func `a broadcast is the text that was captured of two Node servers`() throws {
        var arguments = Arguments()
        try arguments.append("x")
        let packet = NamespacePacket.event(name: "bcast", arguments)
        let expected =
            #"{"type":3,"data":{"packet":{"type":2,"data":["bcast","x"]},"#
            + #""opts":{"rooms":[],"except":[],"flags":{}}},"uid":"365ceecfac767187","nsp":"/"}"#
        #expect(try text(.broadcast(packet, SocketSelection(), offset: nil)) == expected)
    }

    @Test func `a broadcast has the offset of its sender behind what servers of Node read`() throws {
        let content = ClusterMessage.Content.broadcast(.event(name: "a", Arguments()), SocketSelection(), offset: "7")
        let expected =
            #"{"type":3,"data":{"packet":{"type":2,"data":["a"]},"#
            + #""opts":{"rooms":[],"except":[],"flags":{}},"offset":"7"},"uid":"365ceecfac767187","nsp":"/"}"#
        #expect(try text(content) == expected)
        let message = try #require(try other.decode(ByteBuffer(string: expected)))
        guard case .broadcast(_, _, offset: "7") = message.content else {
            Issue.record("\(message)")
            return
        }
    }

    @Test func `operations and requests are the JSON of the reference server`() throws {
        let selection = SocketSelection(rooms: ["a"], excluded: ["b"], isVolatile: true)
        let options = #""opts":{"rooms":["a"],"except":["b"],"flags":{"volatile":true}}"#
        #expect(try text(.join(["r"], selection)) == #"{"type":4,"data":{\#(options),"rooms":["r"]},\#(envelope)}"#)
        #expect(try text(.leave(["r"], selection)) == #"{"type":5,"data":{\#(options),"rooms":["r"]},\#(envelope)}"#)
        #expect(
            try text(.disconnect(selection, closingConnections: true))
                == #"{"type":6,"data":{\#(options),"close":true},\#(envelope)}"#
        )
        #expect(
            try text(.fetch(request: "R", selection))
                == #"{"type":7,"data":{\#(options),"requestId":"R"},\#(envelope)}"#
        )
        #expect(
            try text(.asked(request: "R", count: 3))
                == #"{"type":11,"data":{"requestId":"R","clientCount":3},\#(envelope)}"#
        )
        #expect(try text(.goodbye) == #"{"type":13,\#(envelope)}"#)
    }

    @Test func `a message with attachments is MessagePack`() throws {
        var arguments = Arguments()
        try arguments.append(ByteBuffer(bytes: [1]))
        let bytes = try #require(
            try format.encode(.acknowledgement(request: "R", socket: "s", .success(arguments)))
        )
        #expect(bytes.readableBytesView.first == 0x84)
        guard case .acknowledgement("R", nil, .success(let received))? = try other.decode(bytes)?.content else {
            Issue.record("no acknowledgement")
            return
        }
        #expect(received.attachments == [ByteBuffer(bytes: [1])])
    }

    @Test func `a failed acknowledgement has no word for nodes of others`() throws {
        #expect(try format.encode(.acknowledgement(request: "R", socket: nil, .failure(.timedOut))) == nil)
        let extended = ClusterMessageFormat(node: "a", namespace: "/", isExtended: true)
        let bytes = try #require(
            try extended.encode(.acknowledgement(request: "R", socket: "s", .failure(.timedOut)))
        )
        guard case .acknowledgement("R", "s", .failure(.timedOut))? = try format.decode(bytes)?.content else {
            Issue.record("no failure")
            return
        }
    }

    @Test func `a snapshot keeps what the reference server's has`() throws {
        var snapshot = SocketSnapshot(
            id: "s",
            rooms: ["s", "r"],
            target: "/socket.io/?EIO=4&a=1&a=2&b=%20",
            headers: [.init(name: "X-Y", value: "1"), .init(name: "x-y", value: "2")],
            address: "10.0.0.1",
            isSecure: true,
            data: JSONSlice(trusted: ByteBuffer(string: #"{"name":"x"}"#))
        )
        snapshot.issued = 1_795_962_339_659
        let expected =
            #"{"type":8,"data":{"requestId":"R","sockets":[{"id":"s","handshake":{"headers":{"x-y":"1, 2"},"#
            + #""time":"Sun Nov 29 2026 14:25:39 GMT+0000 (Coordinated Universal Time)","issued":1795962339659,"#
            + #""address":"10.0.0.1","xdomain":false,"secure":true,"url":"/socket.io/?EIO=4&a=1&a=2&b=%20","#
            + #""query":{"EIO":"4","a":["1","2"],"b":" "},"auth":{}},"rooms":["s","r"],"data":{"name":"x"}}]},"#
            + envelope + "}"
        #expect(try text(.fetched(request: "R", [snapshot])) == expected)
        let bytes = try #require(try format.encode(.fetched(request: "R", [snapshot])))
        guard case .fetched("R", let received)? = try other.decode(bytes)?.content else {
            Issue.record("no snapshots")
            return
        }
        #expect(received.map(\.id) == ["s"])
        #expect(received[0].rooms == ["s", "r"])
        #expect(received[0].target == snapshot.target)
        #expect(received[0].isSecure)
        #expect(received[0].address == "10.0.0.1")
        #expect(received[0].data == snapshot.data)
    }

    @Test(arguments: [
        #"{"type":3,"data":{},"uid":"365ceecfac767187","nsp":"/"}"#, #"{"type":3,"data":{},"uid":"x","nsp":"/other"}"#,
        #"{"type":99,"data":{},"uid":"x","nsp":"/"}"#,
    ])
    func `a node ignores its own messages, those of other namespaces and unknown types`(text: String) throws {
        #expect(try format.decode(ByteBuffer(string: text)) == nil)
    }

    @Test(arguments: [
        "", "{", "7", "[]", "{}", #"{"type":3,"uid":"x"}"#, #"{"type":3,"uid":"x","nsp":"/"}"#,
        #"{"type":3,"data":{"packet":{"type":5,"data":["e"]},"opts":{}},"uid":"x","nsp":"/"}"#,
        #"{"type":3,"data":{"packet":{"type":2,"data":"e"},"opts":{}},"uid":"x","nsp":"/"}"#,
        #"{"type":7,"data":{"opts":{}},"uid":"x","nsp":"/"}"#,
        #"{"type":8,"data":{"requestId":"R","sockets":[{"rooms":[]}]},"uid":"x","nsp":"/"}"#,
        #"{"type":11,"data":{"requestId":"R","clientCount":"many"},"uid":"x","nsp":"/"}"#,
        #"{"type":4,"data":{"opts":{"rooms":[{}]},"rooms":[]},"uid":"x","nsp":"/"}"#,
    ])
    func `what is no message is an error`(text: String) {
        #expect(throws: ClusterFormatError.self) { try format.decode(ByteBuffer(string: text)) }
    }
}
