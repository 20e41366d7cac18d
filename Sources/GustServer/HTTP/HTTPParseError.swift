import HTTPTypes

/// Why a request can't be read: the status it is answered with, and what is wrong.
struct HTTPParseError: Error, Equatable {  // bytes: our own texts
    let status: HTTPResponse.Status
    let message: String

    init(_ status: HTTPResponse.Status, _ message: String) {
        self.status = status
        self.message = message
    }

    static func bad(_ message: String) -> HTTPParseError { HTTPParseError(.badRequest, message) }
}
