import GustHTTP
import HTTPTypes

/// The head of a request on a stream of its own, which has no fields of the connection.
package struct HTTPStreamHead {
    let method: HTTPRequest.Method
    let target: RequestTarget
    let fields: HTTPFields
    /// Whether more than the head follows.
    let hasBody: Bool
    /// Whether the client waits for `100 Continue` before it sends the body.
    let expectsContinue: Bool
}
