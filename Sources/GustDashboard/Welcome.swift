import GustSocketIO

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The first event that a page receives.
struct Welcome: Encodable {
    let allowsActions: Bool
    /// Whether an adapter joins the server to others, which the page doesn't show.
    let isClustered: Bool
    /// The number of the process.
    let process: Int

    init(_ settings: DashboardSettings, of io: SocketIO) {
        allowsActions = settings.allowsActions
        isClustered = io.isClustered
        process = Int(getpid())
    }
}
