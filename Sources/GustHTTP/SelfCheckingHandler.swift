/// A handler that can detect its misconfiguration before the first request, such as a missing directory of files.
///
/// The builder of a router reports the problem with the other registration errors.
package protocol SelfCheckingHandler: Handler {
    /// The problem, as a sentence without a full stop; nil if there is none.
    var problem: String? { get }
}
