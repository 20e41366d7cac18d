@_exported public import GustContract
@_exported public import GustFiles
@_exported public import GustHTTP
@_exported public import GustRouting
@_exported public import GustServer
@_exported public import GustSocketIO
@_exported public import GustWire

// `import Gust` makes all of these modules available, and these types of other modules: the types that our public declarations use.
// `@_exported` is the only way to do so in Swift 6.3.
@_exported public import protocol CoreMetrics.MetricsFactory
@_exported public import struct GustAdapter.BroadcastReply
@_exported public import struct GustAdapter.ServerReplies
@_exported public import enum GustAdapter.SocketError
@_exported public import struct HTTPTypes.HTTPField
@_exported public import struct HTTPTypes.HTTPFields
@_exported public import struct HTTPTypes.HTTPRequest
@_exported public import struct HTTPTypes.HTTPResponse
@_exported public import struct Logging.Logger
@_exported public import struct NIOCore.ByteBuffer
@_exported public import protocol NIOCore.EventLoop
@_exported public import struct NIOCore.FileRegion
@_exported public import struct NIOCore.NIOLoopBound
@_exported public import enum NIOCore.SocketAddress
@_exported public import enum NIOCore.System
@_exported public import struct NIOCore.TimeAmount
