#if Redis
/// Names of nodes on the bus, one for each namespace of each process.
enum NodeName {
    /// A random name of hexadecimal digits.
    static func random(length: Int) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: (0..<length).map { _ in digits[Int.random(in: 0..<16)] }, as: UTF8.self)
    }
}
#endif
