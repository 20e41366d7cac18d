@_exported public import GustContract
@_exported public import GustWire

// `import GustClient` makes these modules available, and these types of other modules: the types that our public declarations use.
// `@_exported` is the only way to do so in Swift 6.3.
@_exported public import enum GustClientWire.ClientTransport
@_exported public import struct GustHTTP.WebSocketDeflate
@_exported public import struct HTTPTypes.HTTPField
@_exported public import struct HTTPTypes.HTTPFields
@_exported public import struct Logging.Logger
@_exported public import struct NIOCore.ByteBuffer
