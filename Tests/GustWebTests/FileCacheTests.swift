import GustHTTP
import HTTPTypes
import NIOCore
import Testing

@testable import GustFiles

/// Which files are cached, and which are evicted first.
@Suite struct FileCacheTests {
    private func file(_ length: Int) throws -> StoredFile {
        StoredFile(
            identity: Representation(
                coding: nil,
                tag: "",
                bytes: ByteBuffer(repeating: 0, count: length),
                length: length,
                path: try #require(FilePath("x")),
                metadata: OpenFile.Metadata(size: length, seconds: 0, nanoseconds: 0, inode: 0),
                fields: [:]
            ),
            encodings: [],
            wantsCompression: false
        )
    }

    private func time(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    @Test func `the least recently used file is evicted first`() throws {
        // Each entry costs 1,024 bytes in addition to the file.
        let cache = FileCache(maximumCost: 8 * 2_000)
        for (index, name) in ["a", "b", "c", "d", "e", "f", "g", "h"].enumerated() {
            cache.store(try file(976), at: name, now: time(Int64(index)))
        }
        #expect(cache.cost == 16_000)
        _ = cache.file(at: "a", now: time(100))
        cache.store(try file(976), at: "i", now: time(101))
        // An eighth of the cache is evicted at a time.
        #expect(cache.cost == 14_000)
        #expect(cache.file(at: "a", now: time(101)) != nil)
        #expect(cache.file(at: "b", now: time(101)) == nil)
        #expect(cache.file(at: "c", now: time(101)) == nil)
        #expect(cache.file(at: "d", now: time(101)) != nil)
    }

    @Test func `the number of entries is bounded`() throws {
        let cache = FileCache(maximumCost: 1 << 30, maximumEntries: 16)
        for index in 0..<17 { cache.store(try file(0), at: "\(index)", now: time(Int64(index))) }
        let kept = (0..<17).filter { cache.file(at: "\($0)", now: time(20)) != nil }
        #expect(kept == Array(3..<17))
        #expect(cache.cost == 14 * 1_024)
    }

    @Test func `one file can take at most a quarter of the cache`() throws {
        let cache = FileCache(maximumCost: 8_192)
        cache.store(try file(1_024), at: "a", now: time(0))
        #expect(cache.file(at: "a", now: time(0)) != nil)
        // The older entry at the same path is removed nevertheless.
        cache.store(try file(1_025), at: "a", now: time(0))
        #expect(cache.file(at: "a", now: time(0)) == nil)
        #expect(cache.cost == 0)
    }

    @Test func `a file is compressed by one caller at a time`() {
        let cache = FileCache(maximumCost: 1)
        #expect(cache.beginCompression(of: "a", length: 1, now: time(0)))
        #expect(!cache.beginCompression(of: "a", length: 1, now: time(0)))
        #expect(cache.beginCompression(of: "b", length: 1, now: time(0)))
        cache.endCompression(of: "a")
        #expect(cache.beginCompression(of: "a", length: 1, now: time(0)))
    }

    @Test func `the bytes compressed in a burst and per second are bounded`() {
        let cache = FileCache(maximumCost: 1)
        func bytes(at now: Int64) -> Int {
            var count = 0
            while cache.beginCompression(of: "a", length: 1 << 20, now: time(now)) {
                cache.endCompression(of: "a")
                count += 1 << 20
            }
            return count
        }
        #expect(bytes(at: 0) == FileCache.maximumBudget)
        #expect(bytes(at: 0) == 0)
        #expect(bytes(at: 3) == 3 * FileCache.budgetPerSecond)
        #expect(bytes(at: 3) == 0)
        #expect(bytes(at: 1_000) == FileCache.maximumBudget)
        // A clock that goes back doesn't increase the budget.
        #expect(bytes(at: 1) == 0)
    }

    @Test func `paths are compared by bytes`() throws {
        let cache = FileCache(maximumCost: 1 << 20)
        cache.store(try file(1), at: "\u{E9}", now: time(0))
        #expect(cache.file(at: "e\u{301}", now: time(0)) == nil)
        cache.store(try file(2), at: "e\u{301}", now: time(0))
        #expect(cache.file(at: "\u{E9}", now: time(0))?.file.identity.length == 1)
        cache.remove("e\u{301}")
        #expect(cache.file(at: "\u{E9}", now: time(0)) != nil)
        #expect(FilePath("\u{E9}") != FilePath("e\u{301}"))
    }

    @Test(arguments: [
        "a//b", "/a", ".", "..", "a/.b", "a\u{0}", "a\u{1F}", "a\u{7F}", "a\\b", ".well-knowns/a", "a/.well-known/b",
        ".well-known/.a", ".Well-Known/a", ".well-known\u{301}/a",
    ])
    func `an ambiguous or hidden path is refused`(path: String) {
        #expect(FilePath(path) == nil)
    }

    @Test func `the directory .well-known isn't hidden`() {
        #expect(FilePath(".well-known/security.txt")?.components == [".well-known", "security.txt"])
    }
}
