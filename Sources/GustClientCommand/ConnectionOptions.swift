import ArgumentParser
import GustClient
import GustClientWire
import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How the command connects.
struct ConnectionOptions: ParsableArguments {
    @Argument(help: "The server: http, https, ws, wss or http+unix; the path is the namespace.")
    var url: String

    @Option(help: "The path of the endpoint.")
    var path = "/socket.io"

    @Option(help: "The revision: 4 (socket.io 3 and 4), 3 (1 and 2), 0.9 (0.7 to 0.9) or 0.6.")
    var revision = "4"

    @Option(help: "The transport, such as polling, websocket or upgrade; without it the usual one of the revision.")
    var transport: String?

    @Option(help: "The payload of CONNECT, as JSON.")
    var auth: String?

    @Option(name: .customLong("header"), help: "A header field of every request, as 'Name: value'.")
    var headers: [String] = []

    @Option(name: .customLong("query"), help: "A parameter of every request, as name=value.")
    var parameters: [String] = []

    @Flag(help: "Use the parser of MessagePack, as the server does.")
    var messagePack = false

    @Flag(help: "Offer compression (permessage-deflate).")
    var compress = false

    @Option(name: .customLong("ca"), help: "The file with the certificates of trusted authorities, in PEM form.")
    var trustRoots: String?

    @Option(help: "A proxy; without it that of the environment.")
    var proxy: String?

    @Flag(help: "Don't connect again when the connection is lost.")
    var once = false

    @Option(help: "How many seconds connecting and an acknowledgement may take.")
    var timeout = 20.0

    @Flag(name: [.short, .long], help: "Show each packet that is sent or received.")
    var trace = false

    func validate() throws {
        guard known(revision) != nil else { throw ValidationError("the revision is 4, 3, 0.9 or 0.6") }
        if let transport {
            let all = ClientTransport.all(of: known(revision) ?? .engineIO4).map(\.rawValue)
            guard all.contains(where: { $0.utf8.elementsEqual(transport.utf8) }) else {
                throw ValidationError("the transport of revision \(revision) is one of \(all.joined(separator: ", "))")
            }
        }
        guard timeout > 0, timeout < 86_400 else { throw ValidationError("the timeout is a number of seconds") }
        if let trustRoots, !FileManager.default.isReadableFile(atPath: trustRoots) {
            throw ValidationError("the file \(trustRoots) can't be read")
        }
        do {
            _ = try client()
        } catch let error as ClientURLError {
            throw ValidationError(error.description)
        }
    }

    /// A client with these options.
    func client() throws -> SocketClient { try SocketClient(url, settings()) }

    /// The socket that the command uses.
    func socket(of client: SocketClient) throws -> ClientSocket {
        guard let auth else { return client.socket() }
        let payload = try JSONSlice(validating: ByteBuffer(string: auth))
        return client.socket { payload }
    }

    /// How long the command waits for something.
    var duration: Duration { .milliseconds(Int(timeout * 1_000)) }

    /// Whether the revision has events; 0.6 has messages only.
    var hasEvents: Bool { known(revision)?.hasEvents ?? true }

    private func known(_ name: String) -> Revision? {
        Revision.all.first { $0.name.utf8.elementsEqual(name.utf8) }
    }

    private func settings() throws -> ClientSettings {
        var settings = ClientSettings()
        settings.path = path
        settings.revision = known(revision) ?? .engineIO4
        settings.transport = transport.flatMap(ClientTransport.init(rawValue:))
        settings.parser = messagePack ? .messagePack : .json
        settings.deflate = compress ? .init() : nil
        settings.reconnection.isEnabled = !once
        settings.acknowledgementTimeout = duration
        if let trustRoots { settings.tls.trustRoots = .file(trustRoots) }
        if let proxy { settings.proxy = .url(proxy) }
        for header in headers {
            let parts = header.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = HTTPField.Name(String(Substring(parts[0]))) else {
                throw ValidationError("a header field is 'Name: value': \(header)")
            }
            let value = Substring(parts[1].drop { $0 == UInt8(ascii: " ") })
            settings.headers.append(HTTPField(name: name, value: String(value)))
        }
        for parameter in parameters {
            let parts = parameter.utf8.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard parts.count == 2 else { throw ValidationError("a parameter is name=value: \(parameter)") }
            settings.query.append((String(Substring(parts[0])), String(Substring(parts[1]))))
        }
        if trace {
            let tracer = PacketTracer(settings.revision, settings.parser)
            settings.trace = { tracer.show($0) }
        }
        return settings
    }
}
