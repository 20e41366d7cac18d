import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Watches the files of which a channel sends parts, because a file can be truncated while it is sent.
///
/// After a truncation `sendfile` sends nothing and reports no error, and the loop would call it again and again until the write
/// deadline. The size of a file is checked before its part is written to the channel, and four times a second until the part has been
/// sent. Used on the loop only.
final class FileRegionWatch {
    private static let interval = TimeAmount.milliseconds(250)

    private let failed: () -> Void
    private var regions: [ObjectIdentifier: FileRegion] = [:]
    private var timer: Scheduled<Void>?

    /// - Parameter failed: called on the loop when a file is shorter than the part that is being sent.
    init(_ failed: @escaping () -> Void) {
        self.failed = failed
    }

    /// Whether the file still has all bytes of `region`.
    static func isWhole(_ region: FileRegion) -> Bool {
        do {
            return try region.fileHandle.withUnsafeFileDescriptor { descriptor in
                var status = stat()
                return fstat(descriptor, &status) == 0 && Int(status.st_size) >= region.endIndex
            }
        } catch {
            // The file is closed: it can't be sent.
            return false
        }
    }

    /// Watches `region`, and keeps `owner`, until `sent` is fulfilled, from the next ``begin(on:)`` on.
    func add(_ region: FileRegion, of owner: (any AnyObject & Sendable)?, until sent: EventLoopFuture<Void>) {
        let key = ObjectIdentifier(sent)
        regions[key] = region
        sent.assumeIsolated().whenComplete { [self] _ in
            withExtendedLifetime(owner) { regions[key] = nil }
            guard regions.isEmpty else { return }
            timer?.cancel()
            timer = nil
        }
    }

    /// Begins to check the files, if some parts have not been sent.
    func begin(on eventLoop: any EventLoop) {
        guard !regions.isEmpty, timer == nil else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: Self.interval) { bound.value.look(eventLoop) }
    }

    private func look(_ eventLoop: any EventLoop) {
        timer = nil
        guard regions.values.allSatisfy(Self.isWhole) else { return failed() }
        begin(on: eventLoop)
    }
}
