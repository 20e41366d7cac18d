/// A socket that the process has inherited.
struct InheritedSocket: Sendable {
    let descriptor: CInt
    /// The name in `LISTEN_FDNAMES`; "unknown" without one.
    let name: String
}
