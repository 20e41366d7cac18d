import CPCRE2

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The memory that PCRE2 uses during a match: one per thread, so that matching takes no lock and allocates nothing.
final class MatchWorkspace {
    /// The most groups that one pattern can have.
    static let maximumGroups = 63

    /// The most levels of nested backtracking of an interpreted match; JIT-compiled matches ignore this limit.
    private static let depthLimit: UInt32 = 1_000

    /// The most bytes that a match may use to store backtracking points.
    private static let stackLimit = 1 << 20

    let data: OpaquePointer?
    let context: OpaquePointer?
    private let stack: OpaquePointer?

    private init() {
        data = pcre2_match_data_create_8(UInt32(Self.maximumGroups) + 1, nil)
        context = pcre2_match_context_create_8(nil)
        pcre2_set_match_limit_8(context, Pattern.matchLimit)
        pcre2_set_depth_limit_8(context, Self.depthLimit)
        pcre2_set_heap_limit_8(context, UInt32(Self.stackLimit >> 10))
        // The default stack of JIT-compiled code is 32 KiB, which is too small for groups that repeat along a long
        // path.
        stack = pcre2_jit_stack_create_8(32 << 10, Self.stackLimit, nil)
        pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack))
    }

    deinit {
        pcre2_jit_stack_free_8(stack)
        pcre2_match_data_free_8(data)
        pcre2_match_context_free_8(context)
    }

    /// The key of the thread-specific workspace; its destructor frees the workspace when the thread ends.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key) { pointer in
            #if canImport(Darwin)
            Unmanaged<MatchWorkspace>.fromOpaque(pointer).release()
            #else
            if let pointer { Unmanaged<MatchWorkspace>.fromOpaque(pointer).release() }
            #endif
        }
        return key
    }()

    /// The workspace of the calling thread.
    static var current: MatchWorkspace {
        if let pointer = pthread_getspecific(key) {
            return Unmanaged<MatchWorkspace>.fromOpaque(pointer).takeUnretainedValue()
        }
        let workspace = MatchWorkspace()
        pthread_setspecific(key, Unmanaged.passRetained(workspace).toOpaque())
        return workspace
    }
}
