package import HTTPTypes

/// The reason why a request can't be read, and the status of the response to it.
package struct HTTPParseError: Error, Equatable {  // bytes: our own texts
    package let status: HTTPResponse.Status
    package let message: String

    init(_ status: HTTPResponse.Status, _ message: String) {
        self.status = status
        self.message = message
    }

    static func bad(_ message: String) -> HTTPParseError { HTTPParseError(.badRequest, message) }
}
