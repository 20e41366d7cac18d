import GustHTTP
import HTTPTypes
import NIOCore

/// Adds the script that reloads a page to each page, and answers the requests of that script.
struct ReloadingPages: Middleware {
    private let audience: Development.Audience
    private let events: PageEvents

    init(_ audience: Development.Audience, _ events: PageEvents) {
        self.audience = audience
        self.events = events
    }

    func answer(_ request: Request, next: any Handler) -> Answer {
        guard request.method == .get, audience.includes(request) else { return next.answer(request) }
        if request.path.hasSameBytes(as: ReloadScript.eventsPath) { return .ready(events.response) }
        if request.path.hasSameBytes(as: ReloadScript.path) {
            let headers: HTTPFields = [
                .contentType: "text/javascript; charset=utf-8", .cacheControl: "no-cache",
                .xContentTypeOptions: "nosniff",
            ]
            return .ready(Response(headers: headers, body: .bytes(ByteBuffer(string: ReloadScript.text))))
        }
        guard Self.isNavigation(request) else { return next.answer(request) }
        var request = request
        // A page in which something is inserted can be neither compressed inside of this middleware nor valid for a cache.
        for name in [HTTPField.Name.acceptEncoding, .ifNoneMatch, .ifModifiedSince, .range] {
            request.headers[name] = nil
        }
        return next.answer(request).edited(with: events.process) { response, process in
            Self.insert(in: &response, process)
        }
    }

    /// Whether a browser asks for a page, and not for a resource of one, nor for a frame of an old transport of Socket.IO.
    static func isNavigation(_ request: Request) -> Bool {
        if let destination = request.headers.value(of: "sec-fetch-dest") {
            return destination.hasSameBytes(as: "document")
        }
        return request.headers[.accept].map { $0.utf8.hasPart("text/html".utf8) } ?? false
    }

    private static func insert(in response: inout Response, _ process: String) {
        switch response.body {
        case .upgrade: return
        case .bytes(let page):
            guard isPage(response.status, response.headers),
                let place = PageEnd.place(in: page.readableBytesView)
            else { return }
            let script = ReloadScript.element(process, policy: response.headers[.contentSecurityPolicy])
            var longer = page
            longer.clear(minimumCapacity: page.readableBytes + script.utf8.count)
            longer.writeBytes(page.readableBytesView.prefix(place))
            longer.writeString(script)
            longer.writeBytes(page.readableBytesView.dropFirst(place))
            response.body = .bytes(longer)
            response.headers[.contentLength] = nil
            response.headers[.eTag] = nil
            response.headers[.cacheControl] = "no-store"
        case .stream(let body):
            response.body = .stream { body(PageWriter($0, process)) }
        }
    }

    /// Whether a body with these fields is a whole page that can get another element.
    static func isPage(_ status: HTTPResponse.Status, _ headers: HTTPFields) -> Bool {
        guard status.code >= 200, status != .noContent, status != .partialContent, status != .notModified,
            headers[.contentEncoding] == nil
        else { return false }
        return headers[.contentType]?.hasPrefixIgnoringASCIICase("text/html") ?? false
    }
}
