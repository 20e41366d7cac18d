import Gust
import GustCluster
import GustHTTP
import GustTesting
import HTTPTypes
import NIOCore
import Testing

@testable import GustForwarding

/// The listener for other nodes, and the proofs that it requires.
@Suite(.timeLimit(.minutes(2))) struct ProofTests {
    private static let refusal = HTTPField.Name("Gust-Forwarding") ?? .via

    /// A client of a node's listener for other nodes, which keeps its connection.
    private static func listener(of cluster: ForwardingCluster, _ number: Int) async throws -> TestClient {
        let address = try await cluster.directory.address(of: cluster.nodes[number].forwarding.tag)
        guard case .tcp(_, let port) = address else { throw TestError.closed }
        return TestClient(port: port)
    }

    /// The header fields of a request for `sid` that a node would send.
    private static func fields(
        for path: String,
        from: String,
        to: String,
        link: String = RandomText.make(22),
        sequence: Int = 1,
        secret: String = ForwardingCluster.secret,
        milliseconds: Int = ForwardingNode.systemTime(),
        host: String
    ) throws -> HTTPFields {
        let origin = ForwardedOrigin(
            link: link,
            sequence: sequence,
            milliseconds: milliseconds,
            from: from,
            to: to,
            tailLength: 1,
            peer: Peer()
        )
        let hostName = try #require(HTTPField.Name("Host"))
        var fields: HTTPFields = [hostName: host]
        let proof = ForwardingProof(key: ForwardingKeys(secret: secret).requests)
        proof.sign(origin, .get, try #require(RequestTarget(path)), &fields)
        fields[hostName] = nil
        return fields
    }

    private static func host(_ cluster: ForwardingCluster, _ number: Int) async throws -> String {
        guard
            case .tcp(_, let port) = try await cluster.directory.address(of: cluster.nodes[number].forwarding.tag)
        else { throw TestError.closed }
        return "127.0.0.1:\(port)"
    }

    private static func expect(_ answer: TestResponse, _ reason: LinkAdmission.Refusal?) {
        #expect(answer.headers[refusal] == reason?.rawValue)
        if reason != nil { #expect(answer.status == .forbidden) }
    }

    @Test func `a request without a proof, or with one by another secret, is refused`() async throws {
        try await ForwardingCluster.run { cluster in
            let sid = try await cluster.handshake(on: 0)
            let path = "/socket.io/?EIO=4&transport=polling&sid=\(sid)"
            let client = try await Self.listener(of: cluster, 0)
            Self.expect(try await client.get(path), .proof)
            Self.expect(try await client.get("/"), .proof)
            let tag = cluster.nodes[0].forwarding.tag
            let other = cluster.nodes[1].forwarding.tag
            let host = try await Self.host(cluster, 0)
            let forged = try Self.fields(
                for: path,
                from: other,
                to: tag,
                secret: "another secret, 26 bytes..",
                host: host
            )
            Self.expect(try await client.get(path, headers: forged), .proof)
            #expect(cluster.nodes[0].forwarding.statistics.refused == 3)
            // The session isn't affected.
            #expect(cluster.nodes[0].io.statistics.open == 1)
        }
    }

    @Test func `a proof is valid for one request, one receiver, and 30 seconds`() async throws {
        try await ForwardingCluster.run { cluster in
            let path = "/socket.io/?EIO=4&transport=polling&sid=abc"
            let tag = cluster.nodes[0].forwarding.tag
            let other = cluster.nodes[1].forwarding.tag
            let host = try await Self.host(cluster, 0)
            let now = ForwardingNode.systemTime()
            let fields = try Self.fields(for: path, from: other, to: tag, host: host)
            let client = try await Self.listener(of: cluster, 0)
            let admitted = try await client.get(path, headers: fields)
            Self.expect(admitted, nil)
            #expect(admitted.text.hasPrefix(#"{"code":1,"#))
            // Again on the same link, and on another one.
            Self.expect(try await client.get(path, headers: fields), .replay)
            Self.expect(try await Self.listener(of: cluster, 0).get(path, headers: fields), .replay)
            // Another target, or another field.
            Self.expect(try await Self.listener(of: cluster, 0).get(path + "d", headers: fields), .proof)
            var changed = fields
            changed[.origin] = "https://a.example"
            Self.expect(try await Self.listener(of: cluster, 0).get(path, headers: changed), .proof)
            for (change, reason) in [(-40_000, LinkAdmission.Refusal.time), (90_000, .time), (-15_000, nil)] {
                let old = try Self.fields(for: path, from: other, to: tag, milliseconds: now + change, host: host)
                Self.expect(try await Self.listener(of: cluster, 0).get(path, headers: old), reason)
            }
            let misdirected = try Self.fields(for: path, from: tag, to: other, host: host)
            Self.expect(try await Self.listener(of: cluster, 0).get(path, headers: misdirected), .receiver)
            let looping = try Self.fields(for: path, from: tag, to: tag, host: host)
            Self.expect(try await Self.listener(of: cluster, 0).get(path, headers: looping), .loop)
            let second = try Self.fields(for: path, from: other, to: tag, sequence: 2, host: host)
            Self.expect(try await Self.listener(of: cluster, 0).get(path, headers: second), .replay)
        }
    }

    @Test func `the requests of a link are numbered`() async throws {
        try await ForwardingCluster.run { cluster in
            let path = "/socket.io/?EIO=4&transport=polling&sid=abc"
            let tag = cluster.nodes[0].forwarding.tag
            let other = cluster.nodes[1].forwarding.tag
            let host = try await Self.host(cluster, 0)
            let client = try await Self.listener(of: cluster, 0)
            let link = RandomText.make(22)
            for (sequence, reason) in [(1, nil), (2, nil), (4, LinkAdmission.Refusal.replay)] {
                let fields = try Self.fields(
                    for: path,
                    from: other,
                    to: tag,
                    link: link,
                    sequence: sequence,
                    host: host
                )
                Self.expect(try await client.get(path, headers: fields), reason)
            }
        }
    }

    @Test func `a client can't send the field of nodes to an endpoint`() async throws {
        try await ForwardingCluster.run { cluster in
            let sid = try await cluster.handshake(on: 0)
            let path = "/socket.io/?EIO=4&transport=polling&sid=\(sid)"
            let host = "127.0.0.1:\(cluster.nodes[0].port)"
            let fields = try Self.fields(
                for: path,
                from: cluster.nodes[1].forwarding.tag,
                to: cluster.nodes[0].forwarding.tag,
                host: host
            )
            for node in cluster.nodes {
                let answer = try await node.client.get(path, headers: fields)
                #expect(answer.status == .badRequest)
                #expect(answer.text == #"{"code":3,"message":"Bad request"}"#)
            }
            #expect(cluster.nodes[0].forwarding.statistics.received == 0)
        }
    }

    @Test func `an address in the directory that is another node's, or the own one, makes no loop`() async throws {
        try await ForwardingCluster.run(3) { cluster in
            let sid = try await cluster.handshake(on: 0)
            let tag = cluster.nodes[0].forwarding.tag
            let path = "/socket.io/?EIO=4&transport=polling&sid=\(sid)"
            for wrong in [1, 2] {
                let address = try #require(
                    try await cluster.directory.address(of: cluster.nodes[wrong].forwarding.tag)
                )
                var text: String
                repeat {
                    try await cluster.directory.announce(address, of: tag, for: .seconds(30))
                    text = try await cluster.nodes[wrong].client.get(path).text
                    // The node announces its own address every ten seconds. If it just did, the poll is forwarded, and ends with a ping.
                } while text.utf8.elementsEqual("2".utf8)
                #expect(text.hasPrefix(#"{"code":1,"message":"Session ID unknown""#))
                #expect(cluster.nodes[wrong].forwarding.statistics.refused == 1)
            }
            let address = try #require(try await cluster.directory.address(of: cluster.nodes[2].forwarding.tag))
            try await cluster.directory.announce(address, of: tag, for: .seconds(30))
        }
    }

    @Test func `nodes with different secrets don't forward`() async throws {
        try await ForwardingCluster.run(
            secrets: [ForwardingCluster.secret, "another secret, 26 bytes.."]
        ) { cluster in
            let sid = try await cluster.handshake(on: 0)
            let answer = try await cluster.nodes[1].client.get("/socket.io/?EIO=4&transport=polling&sid=\(sid)")
            #expect(answer.text.hasPrefix(#"{"code":1,"message":"Session ID unknown""#))
            // The tag is one of another cluster.
            #expect(cluster.nodes[1].forwarding.statistics.forwarded == 0)
        }
    }
}
