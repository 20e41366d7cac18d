import NIOCore
import Synchronization

/// Keeps large files open for a moment, because opening one costs more than telling the system to send it.
///
/// At most ``maximumCount`` files are open besides those that are being sent. A file is closed a second or two after it was opened, also if
/// nobody asks again: an open file that was deleted keeps its space on the disk. All loops share the files; the lock is held during a look-up
/// or a change, never while the file system responds.
final class OpenFiles: Sendable {
    private struct Entry {
        /// Keeps the object, so that no other has its identifier.
        var representation: Representation
        var file: OpenFile
        var expiry: NIODeadline
    }

    private struct State {
        /// By the representation that the file has.
        var entries: [ObjectIdentifier: Entry] = [:]
        /// When old files are closed next; nil if nobody has to.
        var closing: NIODeadline?
    }

    /// The most files that are kept open.
    static let maximumCount = 64

    private let state = Mutex(State())
    private let lifetime: TimeAmount

    /// Makes a table that keeps a file for `lifetime`; with zero, none is kept.
    init(lifetime: TimeAmount) {
        self.lifetime = lifetime
    }

    /// The number of files that are kept open.
    var count: Int { state.withLock { $0.entries.count } }

    /// Whether a further file would be kept.
    var hasRoom: Bool { lifetime > .zero && count < Self.maximumCount }

    /// The open file of a representation, if it is kept and hasn't changed.
    func file(of representation: Representation, now: NIODeadline) -> OpenFile? {
        let file: OpenFile? = state.withLock { state in
            guard let entry = state.entries[ObjectIdentifier(representation)], now < entry.expiry else { return nil }
            return entry.file
        }
        guard let file, file.metadata == representation.metadata, file.isUnchanged else { return nil }
        return file
    }

    /// Keeps the open file of a representation, unless enough others are open; `eventLoop` closes it later.
    func keep(_ file: OpenFile, of representation: Representation, on eventLoop: any EventLoop) {
        guard lifetime > .zero else { return }
        let now = eventLoop.now
        let mustClose: Bool = state.withLock { state in
            let key = ObjectIdentifier(representation)
            guard state.entries[key] != nil || state.entries.count < Self.maximumCount else { return false }
            state.entries[key] = Entry(representation: representation, file: file, expiry: now + lifetime)
            // The loop that was to close files may have ended.
            if let closing = state.closing, now < closing + lifetime { return false }
            state.closing = now + lifetime
            return true
        }
        if mustClose { closeLater(on: eventLoop) }
    }

    private func closeLater(on eventLoop: any EventLoop) {
        eventLoop.scheduleTask(in: lifetime) { [weak self] in
            guard let self, closeOld(now: eventLoop.now) else { return }
            closeLater(on: eventLoop)
        }
    }

    /// Closes the files that are too old; returns whether others are left.
    private func closeOld(now: NIODeadline) -> Bool {
        // The files are closed after the lock has been released.
        let (old, hasOthers): ([ObjectIdentifier: Entry], Bool) = state.withLock { state in
            let old = state.entries.filter { $0.value.expiry <= now }
            for key in old.keys { state.entries[key] = nil }
            state.closing = state.entries.isEmpty ? nil : now + lifetime
            return (old, !state.entries.isEmpty)
        }
        withExtendedLifetime(old) {}
        return hasOthers
    }
}
