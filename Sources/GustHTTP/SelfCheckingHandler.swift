/// A handler that can tell before the first request that it will not work, such as files from a missing directory.
///
/// Whoever builds a router asks and reports the problem with the other registration errors.
package protocol SelfCheckingHandler: Handler {
    /// What is wrong, as a sentence without its full stop; nil if nothing is.
    var problem: String? { get }
}
