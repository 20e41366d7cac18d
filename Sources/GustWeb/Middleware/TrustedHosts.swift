public import GustHTTP
import GustRouting
import HTTPTypes

/// Refuses requests whose `Host` names another site, with 400.
///
/// ```swift
/// app.use(TrustedHosts(["example.com", "*.example.com"]))
/// ```
/// The client chooses `Host`. An application that makes links of it would otherwise send links to a site of an attacker, for example in
/// mails. Behind a proxy, this middleware must be inside of ``TrustedProxies``.
public struct TrustedHosts: Middleware {
    private let hosts: [ByteText]
    /// The ends of hosts, each with the point before it.
    private let ends: [String]

    /// Accepts these hosts, without ports; `*.example.com` stands for all hosts below `example.com`, but not for itself.
    public init(_ hosts: [String]) {
        let (below, exact) = (hosts.filter { $0.hasBytePrefix("*.") }, hosts.filter { !$0.hasBytePrefix("*.") })
        self.hosts = exact.map { ByteText(lowercasingASCII: $0) }
        ends = below.map { String(decoding: $0.lowercasedASCII().utf8.dropFirst(), as: UTF8.self) }
    }

    /// Answers with the answer of `next`, or with 400.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard let host = request.hostName, hosts.contains(ByteText(host)) || ends.contains(where: { isBelow(host, $0) })
        else {
            return .failed(HTTPError(.badRequest, "this host isn't served here"))
        }
        return next.answer(request)
    }

    private func isBelow(_ host: String, _ end: String) -> Bool {
        host.utf8.count > end.utf8.count && host.hasByteSuffix(end)
    }
}
