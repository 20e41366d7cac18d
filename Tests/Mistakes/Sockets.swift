// Mistakes in handlers of events, and what the compiler says of each: `scripts/mistakes` checks that it says just that. The file
// belongs to no target.
import Gust

struct Reply {
    let text: String
}

func valueThatIsNotEncodable(_ socket: Socket) {
    // expected-error @+1 {{ambiguous use of 'on'}}
    socket.on("a") { Reply(text: "b") }
}

func valueOfOnceThatIsNotEncodable(_ socket: Socket) {
    // expected-error @+1 {{ambiguous use of 'once'}}
    socket.once("a") { Reply(text: "b") }
}

func valueThatIsNotEncodableInOnlyStatement(_ io: SocketIO) {
    io.onConnect { socket in
        // expected-error @+1 {{ambiguous use of 'on'}}
        socket.on("a") { Reply(text: "b") }
    }
}
