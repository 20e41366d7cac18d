import Foundation

/// The main loop of libFuzzer, whose runtime is linked by `scripts/fuzz`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Runs the target in `FUZZ_TARGET` with libFuzzer; the arguments of the program are those of libFuzzer.
@main
struct Fuzz {
    private static let target = ProcessInfo.processInfo.environment["FUZZ_TARGET"].flatMap { FuzzTarget.all[$0] }

    static func main() {
        guard target != nil else {
            print("FUZZ_TARGET names none of:", FuzzTarget.all.keys.sorted().joined(separator: " "))
            exit(64)
        }
        AllocationMeter.install()
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        exit(
            runFuzzer(&count, &arguments) { start, count in
                guard let target = Fuzz.target else { return 0 }
                let input = Input(UnsafeBufferPointer(start: start, count: count))
                WorkMeter.check(inputLength: count) {
                    guard target.isMetered else { return target.run(input) }
                    AllocationMeter.check(inputLength: count) { target.run(input) }
                }
                return 0
            }
        )
    }
}
