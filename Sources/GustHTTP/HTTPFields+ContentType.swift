package import HTTPTypes

/// Header fields with the type of the body, made once because nearly every response starts with one of these.
extension HTTPFields {
    package static let plainText: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
    package static let plainTextOnly: HTTPFields = [
        .contentType: "text/plain; charset=utf-8", .xContentTypeOptions: "nosniff",
    ]
    package static let html: HTTPFields = [.contentType: "text/html; charset=utf-8"]
    package static let json: HTTPFields = [.contentType: "application/json"]
    package static let octetStream: HTTPFields = [.contentType: "application/octet-stream"]
}
