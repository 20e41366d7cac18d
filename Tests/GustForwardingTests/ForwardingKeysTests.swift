import GustTesting
import Testing

@testable import GustForwarding

/// Tags of nodes, and the settings that are refused.
@Suite struct ForwardingKeysTests {
    private let keys = ForwardingKeys(secret: ForwardingCluster.secret)

    @Test func `a tag has 12 characters that every generation takes, and another one each time`() {
        let tags = (0..<100).map { _ in keys.makeTag() }
        #expect(tags.allSatisfy { $0.utf8.count == 12 })
        #expect(tags.allSatisfy { tag in tag.utf8.allSatisfy { (97...122).contains($0) || (50...55).contains($0) } })
        #expect(Set(tags).count == 100)
    }

    @Test func `the tag of a sid is found, and a tag that no node has made is none`() {
        let tag = keys.makeTag()
        #expect(keys.tag(of: tag + "AAAAAAAAAAAAAAAAAAAA") == tag)
        #expect(keys.tag(of: tag) == tag)
        #expect(keys.tag(of: String(tag.dropLast())) == nil)
        #expect(keys.tag(of: tag.uppercased() + "AAAA") == nil)
        #expect(ForwardingKeys(secret: "another secret").tag(of: tag + "AAAA") == nil)
        let guesses = (0..<1_000).map { number in "aaaaaaaa" + String(number + 2_222, radix: 8) }
        #expect(guesses.filter { keys.tag(of: $0) != nil }.count <= 1)
    }

    @Test func `a secret that is too short is refused with the reason`() {
        let error = #expect(throws: ForwardingError.self) {
            _ = try SessionForwarding(secret: "short", directory: LoopbackDirectory(), at: .tcp(host: "::1", port: 0))
        }
        #expect(error?.description == "the secret of the nodes has fewer than 16 bytes")
    }

    @Test(arguments: ["0.0.0.0", "::", ""])
    func `an address to which nobody can connect is refused, unless another host is advertised`(host: String) throws {
        let error = #expect(throws: ForwardingError.self) {
            _ = try SessionForwarding(
                secret: ForwardingCluster.secret,
                directory: LoopbackDirectory(),
                at: .tcp(host: host, port: 0)
            )
        }
        #expect(error?.description == "other nodes can't connect to \(host); set advertisedHost")
        _ = try SessionForwarding(
            secret: ForwardingCluster.secret,
            directory: LoopbackDirectory(),
            at: .tcp(host: host, port: 0),
            advertisedHost: "web-1"
        )
    }

    @Test func `a node on the bus needs a bus`() {
        let error = #expect(throws: ForwardingError.self) {
            _ = try SessionForwarding(secret: ForwardingCluster.secret, directory: LoopbackDirectory(), at: .bus)
        }
        #expect(error?.description == "the address is .bus, but there is no bus")
    }

    @Test func `no more links are remembered than fit, and a link that is over is forgotten`() {
        let seen = SeenLinks()
        #expect(seen.insert("a", until: 10, now: 0))
        #expect(!seen.insert("a", until: 10, now: 5))
        #expect(seen.insert("a", until: 30, now: 20))
        for number in 1..<SeenLinks.capacity { #expect(seen.insert("\(number)", until: 30, now: 20)) }
        #expect(!seen.insert("one more", until: 30, now: 20))
        #expect(seen.insert("one more", until: 60, now: 40))
    }
}
