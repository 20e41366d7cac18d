/// The beginning of the heads of one second: the status line of most responses, and the date.
struct HTTPHeadStart {
    static let statusLine: StaticString = "HTTP/1.1 200 OK\r\n"

    /// The status line and the line of the date, each with CR LF.
    let lines: [UInt8]

    /// `date` is the value of the field.
    init(date: String) {
        lines = Array("\(Self.statusLine)Date: \(date)\r\n".utf8)
    }

    /// The line of the date.
    var date: ArraySlice<UInt8> { lines[Self.statusLine.utf8CodeUnitCount...] }
}
