/// The proxy through which a client connects.
///
/// The client opens a tunnel (`CONNECT`, RFC 9110 §9.3.6) for every URL, `http` too.
public enum ProxyChoice: Sendable {
    /// That of the variables `https_proxy` or `http_proxy`, by the scheme of the URL, otherwise `all_proxy`, unless `no_proxy` has
    /// the host; each also in upper case, but for `HTTP_PROXY`, which a CGI program's client could set.
    case environment
    /// None.
    case none
    /// That of a URL, such as `http://user:password@proxy.example:3128`.
    case url(String)
}
