/// The sanitizer's hooks into the allocator (`sanitizer/allocator_interface.h`).
@_silgen_name("__sanitizer_install_malloc_and_free_hooks")
private func installHooks(
    _ allocated: @convention(c) (UnsafeRawPointer?, Int) -> Void,
    _ freed: @convention(c) (UnsafeRawPointer?) -> Void
) -> CInt

@_silgen_name("__sanitizer_get_allocated_size")
private func allocatedSize(_ pointer: UnsafeRawPointer?) -> Int

/// Counts the memory that a run holds at once, to find small inputs that take much memory.
///
/// Used on one thread only, on which libFuzzer runs the targets.
enum AllocationMeter {
    /// How many bytes a run may hold for any input: for tables that are made on first use, and the window of zlib.
    private static let allowance = 256 * 1_024
    /// How many bytes a run may hold for each byte of its input.
    private static let factor = 48

    // Initialised with constants, so that the hooks run no initialiser. `nonisolated(unsafe)`: libFuzzer runs a target
    // and all its allocations on one thread.
    private nonisolated(unsafe) static var current = 0
    private nonisolated(unsafe) static var peak = 0

    static func install() {
        _ = installHooks(
            { _, size in
                AllocationMeter.current += size
                AllocationMeter.peak = max(AllocationMeter.peak, AllocationMeter.current)
            },
            { pointer in AllocationMeter.current -= allocatedSize(pointer) }
        )
    }

    /// Runs `body`, and aborts if it held too much memory at once.
    static func check(inputLength: Int, _ body: () -> Void) {
        current = 0
        peak = 0
        body()
        let held = peak
        require(held <= allowance + factor * inputLength, "\(held) bytes were held for an input of \(inputLength)")
    }
}
