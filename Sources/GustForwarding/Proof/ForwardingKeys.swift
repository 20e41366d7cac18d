import GustDigest
import GustHTTP

/// The keys that the nodes of one cluster derive from their secret, one for each purpose.
struct ForwardingKeys: Sendable {
    /// Authenticates requests between nodes.
    let requests: AuthenticationKey
    /// Authenticates the messages of a tunnel over the bus.
    let messages: AuthenticationKey
    /// Makes the check of a tag.
    private let tags: AuthenticationKey

    init(secret: String) {
        let root = AuthenticationKey(Array(secret.utf8))
        func derive(_ purpose: String) -> AuthenticationKey {
            AuthenticationKey(root.code(for: Array("gust forwarding 1 \(purpose)".utf8)))
        }
        requests = derive("requests")
        messages = derive("messages")
        tags = derive("tags")
    }

    // MARK: Tags

    /// The length of a tag: 8 random characters and 4 that prove that a node of the cluster has made them.
    static let tagLength = 12
    private static let randomLength = 8
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    /// A new tag, with 40 random bits: it says nothing about the node but that it is the same.
    func makeTag() -> String {
        let random = (0..<Self.randomLength).map { _ in Self.alphabet[Int.random(in: 0..<32)] }
        return String(decoding: random + check(of: random), as: UTF8.self)
    }

    /// The tag that a sid begins with; nil if no node of the cluster has made it.
    ///
    /// The check keeps guessed sids away from the directory: one of a million passes.
    func tag(of sid: String) -> String? {
        let bytes = Array(sid.utf8.prefix(Self.tagLength))
        guard bytes.count == Self.tagLength else { return nil }
        let random = Array(bytes.prefix(Self.randomLength))
        guard ConstantTime.areEqual(check(of: random), Array(bytes.suffix(Self.tagLength - Self.randomLength))) else {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether `sid` begins with something that looks like a tag, but isn't `own`; ``tag(of:)`` says whether it is one.
    static func mayHaveTag(_ sid: String, except own: String) -> Bool {
        let bytes = sid.utf8.prefix(tagLength)
        return bytes.count == tagLength && !bytes.elementsEqual(own.utf8)
            && bytes.allSatisfy {
                $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") || $0 >= UInt8(ascii: "2") && $0 <= UInt8(ascii: "7")
            }
    }

    private func check(of random: [UInt8]) -> [UInt8] {
        tags.code(for: random).prefix(Self.tagLength - Self.randomLength).map { Self.alphabet[Int($0 & 31)] }
    }
}
