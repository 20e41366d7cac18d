import CPCRE2
import GustHTTP
import Synchronization

/// A compiled and JIT-compiled PCRE2 expression, anchored at both ends.
///
/// `@unchecked Sendable`: after `init`, the compiled code is constant (pcre2api(3), "MULTITHREADING"); `deinit` frees
/// it.
final class CompiledExpression: @unchecked Sendable {
    /// The number of matches that were aborted at a limit since the process began.
    static let limitHits = Atomic<Int>(0)

    let source: String
    let groupNames: [String?]
    private let code: OpaquePointer

    /// Compiles `source`; errors quote `written`, the text that the user wrote.
    init(_ source: String, written: String, ignoresCase: Bool = false) throws(PatternError) {
        var errorCode: Int32 = 0
        var errorOffset = 0
        let options =
            PCRE2_ANCHORED | PCRE2_ENDANCHORED | UInt32(PCRE2_UTF) | UInt32(PCRE2_DUPNAMES)
            | UInt32(PCRE2_DOLLAR_ENDONLY) | UInt32(PCRE2_NEVER_BACKSLASH_C) | UInt32(ignoresCase ? PCRE2_CASELESS : 0)
        let compiled = source.utf8CString.withUnsafeBufferPointer { characters in
            characters.withMemoryRebound(to: UInt8.self) { bytes in
                pcre2_compile_8(bytes.baseAddress, bytes.count - 1, options, &errorCode, &errorOffset, nil)
            }
        }
        guard let compiled else {
            throw PatternError(Self.message(errorCode), in: source == written ? written : source, at: errorOffset)
        }
        var groupCount: UInt32 = 0
        pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_CAPTURECOUNT), &groupCount)
        guard groupCount <= MatchWorkspace.maximumGroups else {
            pcre2_code_free_8(compiled)
            throw PatternError("at most \(MatchWorkspace.maximumGroups) groups are possible", in: written, at: 0)
        }
        // An expression that isn't JIT-compiled is interpreted: that is slower, but gives the same results. Some
        // platforms have no JIT.
        // Expressions that may call their own groups are interpreted on purpose: JIT-compiled code counts no steps
        // while it returns
        // from a call, and `/(a||||||||||||||||||||(?1))b` would take three seconds to refuse `/c` (measured with PCRE2
        // 10.42).
        if !PatternSyntax.mayCallGroups(source) { pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE)) }
        code = compiled
        self.source = source
        groupNames = Self.names(of: compiled, count: Int(groupCount))
    }

    deinit { pcre2_code_free_8(code) }

    /// Whether the expression was compiled to machine code.
    var isJITCompiled: Bool {
        var size = 0
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_JITSIZE), &size)
        return size > 0
    }

    /// Whether the expression matches all of `path`.
    func matches(_ path: String) -> Bool {
        run(path) { _ in true } ?? false
    }

    /// The captures if the expression matches all of `path`; nil if it doesn't match.
    func match(_ path: String) -> Captures? {
        run(path) { offsets in
            Captures(names: groupNames, text: path) { bounds in
                for group in groupNames.indices {
                    let start = offsets[2 * group + 2]
                    let end = offsets[2 * group + 3]
                    // If the group didn't participate in the match, both offsets are PCRE2_UNSET (all bits are ones).
                    let isSet = start >= 0 && start <= end
                    bounds.initializeElement(at: group, to: isSet ? Captures.Bounds(start, end) : .absent)
                }
            }
        }
    }

    /// Whether a match of `path` ends at the limit of steps; such a match isn't counted in ``limitHits``.
    func exceedsMatchLimit(_ path: String) -> Bool {
        var path = path
        return path.withUTF8 { match($0, MatchWorkspace.current) == PCRE2_ERROR_MATCHLIMIT }
    }

    /// Matches the bytes of a path from their beginning; returns the number of groups, or a negative error.
    private func match(_ bytes: UnsafeBufferPointer<UInt8>, _ workspace: MatchWorkspace) -> CInt {
        // A Swift string is valid UTF-8, so PCRE2 needn't validate it.
        let options = UInt32(PCRE2_NO_UTF_CHECK)
        return pcre2_match_8(code, bytes.baseAddress, bytes.count, 0, options, workspace.data, workspace.context)
    }

    /// Matches `path` and passes the offsets of the match and of the groups to `body`; nil without a match.
    private func run<Value>(_ path: String, _ body: (UnsafeBufferPointer<Int>) -> Value) -> Value? {
        var path = path
        return path.withUTF8 { bytes in
            let workspace = MatchWorkspace.current
            let count = match(bytes, workspace)
            guard count > 0 else {
                if count != PCRE2_ERROR_NOMATCH { Self.limitHits.wrappingAdd(1, ordering: .relaxed) }
                return nil
            }
            guard let vector = pcre2_get_ovector_pointer_8(workspace.data) else { return nil }
            let length = 2 * (groupNames.count + 1)
            // PCRE2 doesn't write the offsets of groups after the last group that participated in the match.
            for index in (2 * Int(count))..<max(length, 2 * Int(count)) { vector[index] = Int(bitPattern: UInt.max) }
            return body(UnsafeBufferPointer(start: vector, count: length))
        }
    }

    private static func names(of code: OpaquePointer, count: Int) -> [String?] {
        var names = [String?](repeating: nil, count: count)
        var entryCount: UInt32 = 0
        var entrySize: UInt32 = 0
        var table: UnsafePointer<UInt8>?
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMECOUNT), &entryCount)
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMEENTRYSIZE), &entrySize)
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMETABLE), &table)
        guard let table else { return names }
        for entry in 0..<Int(entryCount) {
            // An entry is the group number in two bytes, then the name, terminated by a zero byte.
            let start = table + entry * Int(entrySize)
            let number = Int(start[0]) << 8 | Int(start[1])
            names[number - 1] = String(cString: start + 2)
        }
        return names
    }

    private static func message(_ code: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let length = pcre2_get_error_message_8(code, &buffer, buffer.count)
        return length > 0 ? String(decoding: buffer[..<Int(length)], as: UTF8.self) : "the expression can't be compiled"
    }
}
