// `import Gust` makes all of these modules available. `@_exported` is the only way to do so in Swift 6.3.
@_exported public import GustHTTP
@_exported public import GustRouting
@_exported public import GustServer
@_exported public import GustSocketIO
@_exported public import GustWeb
@_exported public import GustWire
@_exported public import HTTPTypes
@_exported public import NIOCore
