import Synchronization

/// The templates of a directory, which are read again after a change if that is wanted.
final class TemplateReloading: Sendable {
    private struct State {
        var library: TemplateLibrary
        var stamp: TemplateDirectory.Stamp?
    }

    private let directory: TemplateDirectory
    private let functions: TemplateFunctions
    private let reloads: Bool
    private let state: Mutex<State>

    /// Reads the templates; blocks the thread.
    init(_ directory: TemplateDirectory, _ functions: TemplateFunctions, reloads: Bool) throws(TemplateError) {
        self.directory = directory
        self.functions = functions
        self.reloads = reloads
        let stamp = reloads ? try directory.stamp() : nil
        let library = try TemplateLibrary(directory.sources(), functions: functions)
        state = Mutex(State(library: library, stamp: stamp))
    }

    /// The templates that were read last.
    var latest: TemplateLibrary { state.withLock { $0.library } }

    /// The templates, read again if a file has changed; then the call blocks the thread while files are read.
    ///
    /// - Throws: The mistake in a changed template, until it is corrected.
    func current() throws(TemplateError) -> TemplateLibrary {
        guard reloads else { return latest }
        // The state is read before the files, so that a file which changes meanwhile is read again next time.
        let stamp = try directory.stamp()
        let kept = state.withLock { $0.stamp == stamp ? $0.library : nil }
        if let kept { return kept }
        let library = try TemplateLibrary(directory.sources(), functions: functions)
        state.withLock { $0 = State(library: library, stamp: stamp) }
        return library
    }
}
