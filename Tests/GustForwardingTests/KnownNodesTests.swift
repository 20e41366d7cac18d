import GustCluster
import GustHTTP
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustForwarding

/// The addresses of other nodes.
@Suite struct KnownNodesTests {
    /// A directory that has each node, and counts the questions.
    private final class Directory: NodeDirectory {
        let questions = Atomic<Int>(0)
        func announce(_ address: NodeAddress, of tag: String, for lifetime: Duration) async throws {}
        func withdraw(_ tag: String) async throws {}
        func address(of tag: String) async throws -> NodeAddress? {
            questions.wrappingAdd(1, ordering: .relaxed)
            return .bus
        }
    }

    @Test func `a node that has said that it ends is absent, without a question to the directory`() async {
        let loop = NIOAsyncTestingEventLoop()
        let executor = LoopExecutor(loop, offloader: SameThread())
        let directory = Directory()
        let nodes = KnownNodes(directory, ReportedProblems(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        func address(of tag: String) async -> NodeAddress? {
            await withCheckedContinuation { continuation in
                loop.execute { nodes.address(of: tag, on: executor) { continuation.resume(returning: $0) } }
            }
        }
        #expect(await address(of: "aaaaaaaaaaaa") == .bus)
        nodes.leave("aaaaaaaaaaaa")
        #expect(await address(of: "aaaaaaaaaaaa") == nil)
        #expect(directory.questions.load(ordering: .relaxed) == 1)
        // A node that nobody has asked for takes no place.
        nodes.leave("bbbbbbbbbbbb")
        #expect(await address(of: "bbbbbbbbbbbb") == .bus)
        await loop.shutdownGracefully()
    }

    private struct SameThread: Offloader {
        func run(_ work: @escaping @Sendable (Bool) -> Void) { work(true) }
    }
}
