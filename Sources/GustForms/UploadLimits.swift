/// How much of a form is accepted, and where its files are kept.
public struct UploadLimits: Sendable {
    /// The maximum length of the whole body in bytes; nil means the limit of the middleware `BodyLimit`, or 1 MiB without it.
    ///
    /// The limit of the middleware can't be exceeded.
    public var body: Int?
    /// The maximum length of one file in bytes; a longer file is answered with 413.
    public var file = Int.max
    /// The length in bytes up to which a file is kept in memory.
    public var memory = 64 * 1_024
    /// The maximum number of parts, fields and files together.
    public var count = 100
    /// The directory of the temporary files; nil means `TMPDIR`, or `/tmp`.
    ///
    /// Files that a crash of the process leaves there have names that begin with `gust-upload-`.
    public var directory: String?

    /// Makes limits with the default values, and with this limit of the whole body.
    public init(body: Int? = nil) {
        self.body = body
    }
}
