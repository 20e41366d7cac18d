import GustHTTP

/// Whether the requests on one link from another node are new and in order; used on the loop of its connection.
///
/// `@unchecked Sendable`: each connection has one, in the storage of its requests, and uses it on its loop only.
final class LinkAdmission: @unchecked Sendable {
    enum Key: RequestStorageKey { typealias Value = LinkAdmission }

    /// Why a request is refused; the raw values are sent to the other node and logged there.
    enum Refusal: String {
        case proof = "the proof is missing or wrong: do all nodes have the same secret?"
        case receiver = "the request is for another node: an address in the directory is out of date"
        case time = "the clocks of the nodes differ by more than 30 seconds"
        case replay = "the request was received before"
        case loop = "the request was forwarded by this node"
    }

    /// How much the clocks of two nodes may differ, in milliseconds.
    static let tolerance = 30_000

    private var link: String?
    private var sequence = 0

    /// Admits a request whose proof is right; nil if it is admitted.
    func refuse(_ origin: ForwardedOrigin, by tag: String, _ seen: SeenLinks, now: Int) -> Refusal? {
        guard origin.to.hasSameBytes(as: tag) else { return .receiver }
        guard !origin.from.hasSameBytes(as: tag) else { return .loop }
        guard let link else {
            guard abs(origin.milliseconds - now) <= Self.tolerance else { return .time }
            // An older one is refused by its time.
            guard origin.sequence == 1, seen.insert(origin.link, until: now + 2 * Self.tolerance, now: now) else {
                return .replay
            }
            link = origin.link
            sequence = 1
            return nil
        }
        guard link.hasSameBytes(as: origin.link), origin.sequence == sequence + 1 else { return .replay }
        sequence = origin.sequence
        return nil
    }
}
