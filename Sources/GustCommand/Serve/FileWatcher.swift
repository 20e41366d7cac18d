/// Looks for changed files of an application.
///
/// The files are looked at again and again: `inotify` exists on Linux only, needs a watch for each directory, and tells nothing of directories
/// that are mounted from another machine or into a container. A thousand files take about 2 ms, and the time between two looks is at least
/// fifty times as long as a look, so this needs less than two percent of a core.
final class FileWatcher {
    /// What has changed.
    enum Change: Equatable {  // bytes: text for people
        /// A source: the application must be built.
        case source([String])
        /// Files that the application reads while it runs.
        case assets([String])
    }

    private let sources: [String]
    private let assets: [String]
    private var known: FileSnapshot
    /// The last look, if it differs from the one before: something is being written.
    private var pending: FileSnapshot?
    /// The time until the next look.
    private(set) var interval: Duration = .milliseconds(300)

    /// Watches the directories of the targets, the manifest, the assets, and the same of packages beside this one.
    ///
    /// The paths of assets are relative to the working directory, which is that of the manifest.
    convenience init(_ package: ApplicationPackage, assets: [String]) {
        let manifests = ["Package.swift", "Package.resolved"]
        let others = package.localDependencies.flatMap { root in
            (["Sources"] + manifests).map { "\(root)/\($0)" }
        }
        self.init(sources: package.sources + manifests + others, assets: assets)
    }

    init(sources: [String], assets: [String]) {
        self.sources = sources
        self.assets = assets
        known = FileSnapshot(of: sources + assets)
    }

    /// Looks for changes, which are reported when two looks in a row have seen the same: so a file isn't read while it is written.
    func look() -> [Change] {
        let start = ContinuousClock.now
        let snapshot = FileSnapshot(of: sources + assets)
        let duration = ContinuousClock.now - start
        guard snapshot != known else {
            pending = nil
            interval = max(.milliseconds(300), duration * 50)
            return []
        }
        guard snapshot == pending else {
            pending = snapshot
            interval = max(.milliseconds(50), duration * 10)
            return []
        }
        let paths = snapshot.changes(since: known)
        known = snapshot
        pending = nil
        interval = max(.milliseconds(300), duration * 50)
        let changed = paths.filter { isAsset($0) }
        let rebuilt = paths.filter { !isAsset($0) }
        return (rebuilt.isEmpty ? [] : [.source(rebuilt)]) + (changed.isEmpty ? [] : [.assets(changed)])
    }

    private func isAsset(_ path: String) -> Bool {
        assets.contains { path.utf8.starts(with: "\($0)/".utf8) || path.utf8.elementsEqual($0.utf8) }
    }
}
