import Foundation
import Gust
import GustCluster
import GustTesting

/// How the cost of a broadcast and the memory of rooms grow in a cluster, on a bus in memory: without Redis, without a network.
///
///     ClusterSimulation NODES ROOMS
///
/// Each node has one client, which is in its part of the rooms. The program prints one row of a table: the CPU time of a broadcast to one room
/// on all nodes together and for each node that hears it, and the memory of a room. `scripts/simulation` prints the whole table.
@main
struct ClusterSimulation {
    private static let broadcasts = 2_000

    static func main() async throws {
        guard CommandLine.arguments.count == 3, let nodes = Int(CommandLine.arguments[1]), nodes > 1,
            let rooms = Int(CommandLine.arguments[2]), rooms >= nodes
        else {
            print("usage: ClusterSimulation NODES ROOMS")
            exit(2)
        }
        let bus = LoopbackBus()
        let share = rooms / nodes
        let servers = (0..<nodes).map { server($0, share, bus) }
        let before = residentBytes()
        var clients: [(TestClient, TestSocket)] = []
        for io in servers {
            var app = Application()
            app.add(io.routes())
            let client = TestClient(try app.router())
            clients.append((client, try await client.open()))
        }
        let memory = residentBytes() - before
        // The first node sends to rooms of the others in turn: one node delivers, the others find out that nobody is in the room.
        let payload = String(repeating: "x", count: 64)
        let start = processorSeconds()
        for number in 0..<broadcasts {
            servers[0].to("room \(number % (nodes - 1) + 1) \(number % share)").emit("message", payload)
        }
        for (client, _) in clients { await client.settle() }
        let seconds = processorSeconds() - start
        let each = seconds / Double(broadcasts) * 1e6
        let row = [
            "\(nodes)", "\(rooms)", String(format: "%.1f", each), String(format: "%.2f", each / Double(nodes - 1)),
            "\(memory / rooms)",
        ]
        print("| \(row.joined(separator: " | ")) |")
    }

    private static func server(_ number: Int, _ rooms: Int, _ bus: LoopbackBus) -> SocketIO {
        var settings = SocketIOSettings()
        settings.maximumRooms = rooms + 1
        settings.adapter = { ClusterAdapter($0, bus: bus, node: "node \(number)") }
        let io = SocketIO(settings)
        io.onConnect { socket in
            for room in 0..<rooms { socket.join("room \(number) \(room)") }
        }
        // The namespace joins the bus when it is made.
        _ = io["/"]
        return io
    }

    /// The CPU time of this process.
    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The resident memory of this process, from `/proc`.
    private static func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4_096
    }
}
