import GustHTTP
import GustWire

extension AddressQuery {
    /// The parameters of a query, which is read once.
    init(_ query: Query) {
        self.init()
        query.scan { name, bytes, value in note(name, bytes, value) }
    }
}
