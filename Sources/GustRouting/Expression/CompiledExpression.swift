import CPCRE2
import GustHTTP
import Synchronization

/// A compiled and JIT-compiled PCRE2 expression, anchored at both ends.
///
/// `@unchecked Sendable`: the compiled code is constant after `init` (pcre2api(3), "MULTITHREADING"), and freed once.
final class CompiledExpression: @unchecked Sendable {
    /// How many matches were given up at a limit since the process began.
    static let limitHits = Atomic<Int>(0)

    let source: String
    let groupNames: [String?]
    private let code: OpaquePointer

    /// Compiles `source`; errors speak of `written`, which is what the user wrote.
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
        // Without JIT (it may be missing on a platform) the same code is interpreted: slower, same answers. So are
        // expressions that may call themselves: compiled, they count no step on their way back from a call, and
        // `/(a||||||||||||||||||||(?1))b` would take three seconds to refuse `/c` (measured, PCRE2 10.42).
        if !PatternSyntax.mayCallGroups(source) { pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE)) }
        code = compiled
        self.source = source
        groupNames = Self.names(of: compiled, count: Int(groupCount))
    }

    deinit { pcre2_code_free_8(code) }

    /// Whether it runs as machine code.
    var isJITCompiled: Bool {
        var size = 0
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_JITSIZE), &size)
        return size > 0
    }

    /// Whether all of `path` matches.
    func matches(_ path: String) -> Bool {
        run(path) { _ in true } ?? false
    }

    /// The captures if all of `path` matches.
    func match(_ path: String) -> Captures? {
        run(path) { offsets in
            Captures(names: groupNames, text: path) { bounds in
                for group in groupNames.indices {
                    let start = offsets[2 * group + 2]
                    let end = offsets[2 * group + 3]
                    // PCRE2_UNSET, all ones, if the group took no part.
                    let isSet = start >= 0 && start <= end
                    bounds.initializeElement(at: group, to: isSet ? Captures.Bounds(start, end) : .absent)
                }
            }
        }
    }

    /// Runs the match and hands the offsets of match and groups to `body`; nil without a match.
    private func run<Value>(_ path: String, _ body: (UnsafeBufferPointer<Int>) -> Value) -> Value? {
        var path = path
        return path.withUTF8 { bytes in
            let workspace = MatchWorkspace.current
            // The path is a Swift string, so it is UTF-8: PCRE2 needn't look again.
            let count = pcre2_match_8(
                code,
                bytes.baseAddress,
                bytes.count,
                0,
                UInt32(PCRE2_NO_UTF_CHECK),
                workspace.data,
                workspace.context
            )
            guard count > 0 else {
                if count != PCRE2_ERROR_NOMATCH { Self.limitHits.wrappingAdd(1, ordering: .relaxed) }
                return nil
            }
            guard let vector = pcre2_get_ovector_pointer_8(workspace.data) else { return nil }
            let length = 2 * (groupNames.count + 1)
            // Groups behind the last one that took part are not written.
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
            // Two bytes of group number, then the name, ended by zero.
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
