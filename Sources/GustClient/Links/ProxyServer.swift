import GustHTTP
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The proxy of a connection.
struct ProxyServer: Sendable, Equatable {
    let host: String
    let port: Int
    /// The value of `Proxy-Authorization`; nil without a name in the proxy's URL.
    let authorization: String?

    /// Whether both have the same bytes.
    static func == (left: ProxyServer, right: ProxyServer) -> Bool {
        left.host.hasSameBytes(as: right.host) && left.port == right.port
            && (left.authorization ?? "").hasSameBytes(as: right.authorization ?? "")
    }

    /// The proxy that is chosen for a server; nil for none.
    init?(
        _ choice: ProxyChoice,
        for server: ServerURL,
        _ variable: (String) -> String?
    ) throws(ClientURLError) {
        guard case .host(let host, let port) = server.place else { return nil }
        switch choice {
        case .none: return nil
        case .url(let url): try self.init(url)
        case .environment:
            let names = server.isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
            let url = (names + ["all_proxy", "ALL_PROXY"]).lazy.compactMap(variable).first { !$0.isEmpty }
            let exceptions = variable("no_proxy") ?? variable("NO_PROXY") ?? ""
            guard let url, !Self.isExcepted(host, port, by: exceptions) else { return nil }
            try self.init(url)
        }
    }

    private init(_ url: String) throws(ClientURLError) {
        var rest = url[...]
        if rest.hasPrefixIgnoringASCIICase("http://") {
            rest = Substring(rest.utf8.dropFirst(7))
        } else if rest.utf8.firstRange(of: "://".utf8) != nil {
            throw ClientURLError(url, "only proxies with an http URL are supported")
        }
        if let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) { rest = rest[..<slash] }
        if let at = rest.utf8.lastIndex(of: UInt8(ascii: "@")) {
            let user = PercentEncoding.decodeCapture(rest[..<at])
            authorization = "Basic " + Data(user.utf8).base64EncodedString()
            rest = rest[rest.utf8.index(after: at)...]
        } else {
            authorization = nil
        }
        let (host, port) = try ServerURL.hostAndPort(rest, of: url)
        self.host = host
        self.port = port ?? 80
    }

    /// Whether `no_proxy` has the host: itself, a domain above it, or `*`; each perhaps with a port.
    static func isExcepted(_ host: String, _ port: Int, by list: String) -> Bool {
        list.listElements().contains { element in
            var name = element.trimmingSpaces()
            if name.hasSameBytes(as: "*") { return true }
            if let colon = name.utf8.lastIndex(of: UInt8(ascii: ":")), name.utf8.first != UInt8(ascii: "["),
                name.utf8.firstIndex(of: UInt8(ascii: ":")) == colon
            {
                guard name[name.utf8.index(after: colon)...].hasSameBytes(as: String(port)) else { return false }
                name = name[..<colon]
            }
            while name.utf8.first == UInt8(ascii: ".") { name = Substring(name.utf8.dropFirst()) }
            guard !name.utf8.isEmpty else { return false }
            let host = host.lowercasedASCII()
            let domain = String(name).lowercasedASCII()
            return host.hasSameBytes(as: domain) || host.hasByteSuffix("." + domain)
        }
    }

    /// Adds the handler that opens the tunnel; the future fails if the proxy refuses.
    func tunnel(to server: ServerURL, _ channel: any Channel) throws -> EventLoopFuture<Void> {
        guard case .host(let host, let port) = server.place else { return channel.eventLoop.makeSucceededVoidFuture() }
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        let handler = ProxyTunnelHandler(authority: "\(name):\(port)", authorization: authorization, channel.eventLoop)
        try channel.pipeline.syncOperations.addHandler(handler)
        return handler.outcome
    }
}
