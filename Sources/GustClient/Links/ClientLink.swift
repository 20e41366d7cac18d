import GustWire
import NIOCore

/// The client's end of a transport: carries frames without interpreting them.
///
/// All methods are called on the loop of the client, and call the receiver there.
protocol ClientLink: AnyObject {
    /// The name in URLs and traces.
    var transport: String { get }
    /// Bytes that wait to be handed to the operating system.
    var bufferedBytes: Int { get }
    /// Whether a frame that is sent now would wait for earlier ones.
    var isCongested: Bool { get }
    /// Opens the transport.
    func open()
    /// Adds a frame to those that are sent by ``flush()``.
    func send(_ frame: Frame)
    /// Sends the frames that were added.
    func flush()
    /// Says how many bytes the server takes in one payload, and the sid for later requests.
    func greeted(sid: String, maximumPayload: Int)
    /// Changes who receives.
    func setReceiver(_ receiver: any LinkReceiver)
    /// Stops or resumes receiving.
    func setReading(_ isReading: Bool)
    /// Sends what was added, then ends the transport as it is specified; the receiver is told when it has ended.
    func close(with farewell: Frame?)
    /// Cuts the transport; the receiver isn't told.
    func abort()
}

/// Who receives the frames of a transport.
protocol LinkReceiver: AnyObject {
    /// The transport is open, and frames can be sent.
    func linkOpened(_ link: any ClientLink)
    /// A frame was received.
    func link(_ link: any ClientLink, received frame: Frame)
    /// All frames of one read were received.
    func linkFinishedReading(_ link: any ClientLink)
    /// All frames that were sent have been handed to the operating system.
    func linkDrained(_ link: any ClientLink)
    /// The transport has ended; nothing follows.
    func link(_ link: any ClientLink, ended error: ClientError)
}
