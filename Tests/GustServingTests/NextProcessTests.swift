import GustServer
import Testing

@testable import GustServing

/// The next process, before it accepts; the rest is tested with a server (`serving.py`).
@Suite struct NextProcessTests {
    private func error(_ executable: String, _ arguments: String..., within timeout: Duration) async -> String? {
        let process = NextProcess(executable: executable, arguments: arguments, timeout: timeout)
        do {
            _ = try await process.start([]) { _ in }
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func `a program that isn't there is named`() async {
        #expect(
            await error("/nowhere/program", within: .seconds(10))
                == "the next process can't be started: /nowhere/program: No such file or directory"
        )
    }

    @Test func `a process that ends before it is ready is named by its status`() async {
        #expect(
            await error("/bin/sh", "-c", "exit 7", within: .seconds(20))
                == "the next process ended with status 7 before it listened"
        )
        #expect(
            await error("/bin/sh", "-c", "kill -9 $$", within: .seconds(20))
                == "the next process was ended by signal 9 before it listened"
        )
    }

    @Test func `a process that isn't ready in time is ended`() async {
        // It must not end by itself, however busy the machine is.
        let reason = await error("/bin/sleep", "100000", within: .milliseconds(500))
        #expect(reason == "the next process didn't listen in time")
    }
}
