import GustHTTP
import HTTPTypes

/// The head of a request on a stream of its own, which has no fields of the connection.
package struct HTTPStreamHead {
    let head: HTTPRequestHead
}
