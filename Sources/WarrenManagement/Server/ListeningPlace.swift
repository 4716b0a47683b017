#if HTTP
/// Where a server listens: the address that it was told, and the port that it got.
struct ListeningPlace: Sendable {
    let address: String
    /// 0 for any that is free.
    let port: Int
    let scheme: String

    private let urls: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    init(_ address: String, _ port: Int, scheme: String = "http") {
        self.scheme = scheme
        self.address = address
        self.port = port
        (urls, continuation) = AsyncStream<String>.makeStream()
    }

    /// The place for people and URLs: an IPv6 address stands in brackets.
    var description: String { Self.text(address, port) }

    /// Notes that the server listens.
    ///
    /// - Parameter port: the port that it got, if that is known.
    /// - Returns: its address, such as `http://127.0.0.1:7072`.
    func began(at port: Int?) -> String {
        let url = "\(scheme)://" + Self.text(address, port ?? self.port)
        continuation.yield(url)
        return url
    }

    /// Notes that the server has ended, or never began.
    func ended() { continuation.finish() }

    /// The server's address once it listens; `nil` if it ends before that. Ask once.
    var url: String? {
        get async {
            for await url in urls { return url }
            return nil
        }
    }

    private static func text(_ address: String, _ port: Int) -> String {
        address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
#endif
