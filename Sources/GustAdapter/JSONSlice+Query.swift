package import GustHTTP
package import GustWire
import NIOCore

extension JSONSlice {
    /// Makes a JSON object of a query: each value is a string, or an array of strings if its name is repeated.
    ///
    /// socket.io 4.8 passes the query of a namespace to middleware in this form, as `auth` (`client.ts`,
    /// by Node's `querystring`).
    package init(query: Query) {
        var names: [ByteText] = []
        var values: [ByteText: [String]] = [:]
        for (name, value) in query {
            let name = ByteText(name)
            if values[name] == nil { names.append(name) }
            values[name, default: []].append(value)
        }
        var text = ByteBuffer(string: "{")
        for (index, name) in names.enumerated() {
            if index > 0 { text.writeStaticString(",") }
            let list = values[name, default: []]
            text.writeImmutableBuffer(JSONSlice.string(name.string).bytes)
            text.writeStaticString(list.count > 1 ? ":[" : ":")
            for (index, value) in list.enumerated() {
                if index > 0 { text.writeStaticString(",") }
                text.writeImmutableBuffer(JSONSlice.string(value).bytes)
            }
            if list.count > 1 { text.writeStaticString("]") }
        }
        text.writeStaticString("}")
        self.init(trusted: text)
    }
}
