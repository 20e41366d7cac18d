import Testing

@testable import GustServing

/// The variables of service managers and of restarts.
@Suite struct ServiceEnvironmentTests {
    /// The environment of process 7, whose parent is process 3.
    private func environment(_ variables: [String: String]) throws -> ServiceEnvironment {
        try ServiceEnvironment(process: 7, parent: 3) { variables[$0] }
    }

    private func sockets(_ variables: [String: String]) throws -> [String] {
        try environment(variables).sockets.map { "\($0.descriptor) \($0.name)" }
    }

    @Test func `sockets begin at descriptor 3 and have the names of LISTEN_FDNAMES`() throws {
        #expect(
            try sockets(["LISTEN_PID": "7", "LISTEN_FDS": "3", "LISTEN_FDNAMES": "web::x"])
                == ["3 web", "4 unknown", "5 x"]
        )
        #expect(try sockets(["LISTEN_PID": "7", "LISTEN_FDS": "1"]) == ["3 unknown"])
        #expect(try sockets(["LISTEN_PID": "7", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "a:b"]) == ["3 a"])
    }

    @Test(arguments: ["8", "", "07x", "3"]) func `sockets for another process are ignored`(process: String) throws {
        #expect(try sockets(["LISTEN_PID": process, "LISTEN_FDS": "1"]).isEmpty)
        #expect(try sockets(["LISTEN_FDS": "1"]).isEmpty)
    }

    @Test(arguments: ["0", "-1", "257", "1x", ""]) func `another number of sockets is an error`(count: String) throws {
        let error = #expect(throws: ServingError.self) { try sockets(["LISTEN_PID": "7", "LISTEN_FDS": count]) }
        #expect(error?.description == "LISTEN_FDS is not a number from 1 to 256: \(count)")
    }

    @Test func `a restart names the parent in place of the process`() throws {
        let variables = ["GUST_PARENT_PID": "3", "GUST_HANDOVER_FD": "5", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "a:b"]
        let successor = try environment(variables)
        #expect(successor.sockets.map(\.name) == ["a", "b"])
        #expect(successor.predecessor?.descriptor == 5)
        let other = try environment(variables.merging(["GUST_PARENT_PID": "4"]) { $1 })
        #expect(other.sockets.isEmpty)
        #expect(other.predecessor == nil)
    }

    @Test func `the watchdog gets a message twice in its time, if it watches this process`() throws {
        #expect(try environment(["WATCHDOG_USEC": "3000000"]).watchdogInterval == .milliseconds(1_500))
        #expect(try environment(["WATCHDOG_USEC": "10", "WATCHDOG_PID": "7"]).watchdogInterval == .milliseconds(1))
        #expect(try environment(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "8"]).watchdogInterval == nil)
        #expect(try environment(["WATCHDOG_USEC": "never"]).watchdogInterval == nil)
    }

    @Test func `an empty NOTIFY_SOCKET is none`() throws {
        #expect(try environment(["NOTIFY_SOCKET": ""]).notifySocket == nil)
        #expect(try environment(["NOTIFY_SOCKET": "@a"]).notifySocket == "@a")
    }
}
