// Users import Gust and have everything of it. The attribute is the only way Swift 6.3 has to say that.
@_exported public import GustHTTP
@_exported public import GustRouting
@_exported public import GustServer
@_exported public import GustSocketIO
@_exported public import GustWeb
@_exported public import GustWire
@_exported public import HTTPTypes
@_exported public import NIOCore
