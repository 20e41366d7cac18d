import GustFraming
import NIOCore
import Synchronization

/// What the clients of one event loop share: the keys of masks, and the memory of zlib.
///
/// `@unchecked Sendable`: both members are used on the loop only; the registry hands out references.
final class LoopResources: @unchecked Sendable {
    private struct Weak {
        weak var resources: LoopResources?
    }

    private static let all = Mutex<[ObjectIdentifier: Weak]>([:])

    let masking = MaskingKeys()
    let compression = MessageCompression()

    private init() {}

    /// The resources of a loop; they live as long as one of its clients does.
    static func of(_ eventLoop: any EventLoop) -> LoopResources {
        all.withLock { all in
            let key = ObjectIdentifier(eventLoop)
            if let resources = all[key]?.resources { return resources }
            // Loops end too; what they have left is removed when the next one begins.
            all = all.filter { $0.value.resources != nil }
            let resources = LoopResources()
            all[key] = Weak(resources: resources)
            return resources
        }
    }
}
