/// The error of a temporary file that the system can't create, write, read or move.
///
/// It is answered with 500 and logged. A full disk is an `HTTPError` with status 507 instead.
public struct UploadError: Error, CustomStringConvertible {
    /// Names the operation, the path and the reason.
    public let description: String
    /// The error number of the system (`errno`).
    public let code: Int32
}
