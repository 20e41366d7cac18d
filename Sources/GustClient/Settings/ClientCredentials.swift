public import HTTPTypes

/// What a client sends with one attempt to connect.
public struct ClientCredentials: Sendable {
    /// Header fields of every request of the connection.
    public var headers: HTTPFields
    /// Parameters of the query of every request of the connection.
    public var query: [(name: String, value: String)]

    /// Makes credentials.
    public init(headers: HTTPFields = [:], query: [(name: String, value: String)] = []) {
        self.headers = headers
        self.query = query
    }
}
