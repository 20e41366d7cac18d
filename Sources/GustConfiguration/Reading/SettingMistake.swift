#if Configuration
/// A value that can't be used, or a source that can't be read.
struct SettingMistake: Error {
    /// Where it is: an argument, a variable, or a file with a line.
    let place: String
    /// What is expected, and, unless it is a secret, what was found.
    let problem: String

    init(_ place: String, _ problem: String) {
        self.place = place
        self.problem = problem
    }
}
#endif
