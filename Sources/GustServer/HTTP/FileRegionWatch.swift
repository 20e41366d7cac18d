import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Watches the parts of files that a connection sends, because a file can be cut short meanwhile.
///
/// `sendfile` then sends nothing and reports no error, so that the loop would call it again and again until the write
/// deadline. A file is looked at before its part is written, and four times a second while that isn't sent. Belongs to
/// the loop.
final class FileRegionWatch {
    private static let interval = TimeAmount.milliseconds(250)

    private let failed: () -> Void
    private var regions: [ObjectIdentifier: FileRegion] = [:]
    private var timer: Scheduled<Void>?

    /// - Parameter failed: called on the loop when a file has become too short for what is sent of it.
    init(_ failed: @escaping () -> Void) {
        self.failed = failed
    }

    /// Whether the file still has all bytes of `region`.
    func isWhole(_ region: FileRegion) -> Bool {
        do {
            return try region.fileHandle.withUnsafeFileDescriptor { descriptor in
                var status = stat()
                return fstat(descriptor, &status) == 0 && Int(status.st_size) >= region.endIndex
            }
        } catch {
            // The file is closed: nothing of it can be sent.
            return false
        }
    }

    /// Watches `region` until `sent` is fulfilled, from the next ``begin(on:)`` on.
    func add(_ region: FileRegion, until sent: EventLoopFuture<Void>) {
        let key = ObjectIdentifier(sent)
        regions[key] = region
        sent.assumeIsolated().whenComplete { [self] _ in
            regions[key] = nil
            guard regions.isEmpty else { return }
            timer?.cancel()
            timer = nil
        }
    }

    /// Begins to look at the files, if some weren't sent at once.
    func begin(on eventLoop: any EventLoop) {
        guard !regions.isEmpty, timer == nil else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: Self.interval) { bound.value.look(eventLoop) }
    }

    private func look(_ eventLoop: any EventLoop) {
        timer = nil
        guard regions.values.allSatisfy(isWhole) else { return failed() }
        begin(on: eventLoop)
    }
}
