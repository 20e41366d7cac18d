#if TLS
import GustHTTP
import NIOSSL
import Synchronization

/// The certificates of a server that is running, which a reload replaces.
///
/// Connections that are open keep the context with which they began.
final class ServerIdentities: Sendable {
    private struct State {
        var identities: [ServerIdentity] = []
        /// The indices of the identities, by name.
        var byName: [ByteText: Int] = [:]
        var stamps: [FileStamp?] = []
    }

    private let settings: TLSSettings
    private let state = Mutex(State())

    init(_ settings: TLSSettings) {
        self.settings = settings
    }

    /// Whether the name that a client sends decides about its certificate.
    var hasSeveral: Bool { settings.files.count > 1 }

    /// Reads all files and uses them for new connections; blocks the thread until the file system responds.
    ///
    /// - Parameter now: The time in seconds since 1970.
    /// - Throws: ``TLSError`` about the first file that can't be used; the identities are unchanged then.
    func load(now: Int = HTTPDate.now.seconds) throws(TLSError) {
        // The stamps are taken first: a change while the files are read is found at the next look.
        let stamps = stamps()
        state.withLock { $0.stamps = stamps }
        var identities: [ServerIdentity] = []
        var byName: [ByteText: Int] = [:]
        for files in settings.files {
            let identity = try ServerIdentity(files, settings, now: now)
            for name in identity.names where byName[name] == nil { byName[name] = identities.count }
            identities.append(identity)
        }
        state.withLock { state in
            state.identities = identities
            state.byName = byName
        }
    }

    /// Whether a file has changed since ``load(now:)``, successful or not.
    func haveFilesChanged() -> Bool {
        let stamps = stamps()
        return state.withLock { $0.stamps != stamps }
    }

    /// The context for a client that asks for the server `name`; the first identity's if the name is nil or unknown.
    ///
    /// A name with a wildcard matches one label (RFC 9525 §6.3).
    func context(for name: String?) -> NIOSSLContext? {
        state.withLock { state in
            guard let name, !state.byName.isEmpty else { return state.identities.first?.context }
            let exact = ByteText(lowercasingASCII: name)
            if let index = state.byName[exact] { return state.identities[index].context }
            let utf8 = exact.string.utf8
            if let dot = utf8.firstIndex(of: UInt8(ascii: ".")),
                let index = state.byName[ByteText("*" + exact.string[dot...])]
            {
                return state.identities[index].context
            }
            return state.identities.first?.context
        }
    }

    private func stamps() -> [FileStamp?] {
        var paths = settings.files.flatMap { [$0.certificate, $0.key] }
        switch settings.clientCertificates {
        case .unwanted: break
        case .optional(let path), .required(let path): paths.append(path)
        }
        return paths.map { FileStamp($0) }
    }
}
#endif
