import NIOCore
import NIOPosix

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Darwin)
import Darwin
#endif

/// The lines of the standard input, read on a thread of their own.
enum InputLines {
    static var all: AsyncStream<String> {
        AsyncStream { continuation in
            NIOThreadPool.singleton.submit { _ in
                while let line = readLine() { continuation.yield(line) }
                continuation.finish()
            }
        }
    }
}
