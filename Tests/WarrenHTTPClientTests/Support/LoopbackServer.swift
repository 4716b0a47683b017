import Synchronization
import WarrenSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A server of HTTP on 127.0.0.1 that answers each connection once and closes it.
final class LoopbackServer: Sendable {
    /// A request as it came.
    struct Request: Sendable {
        var method = ""
        var target = ""
        /// Names in lower case.
        var headers: [String: String] = [:]
        var body: [UInt8] = []
    }

    /// The bytes of an answer; `nil` to answer nothing until the client has closed the connection.
    typealias Handler = @Sendable (Request) -> [UInt8]?

    /// Thrown if the test gets no port.
    struct NoServer: Error {}

    let port: Int
    private let listener: Int32
    private let handler: Handler
    private let seen = Mutex<[Request]>([])
    private let closed = OneShot<Void>()

    var url: String { "http://127.0.0.1:\(port)" }

    /// The requests so far.
    var requests: [Request] { seen.withLock { $0 } }

    init(_ handler: @escaping Handler) throws {
        #if canImport(Darwin)
        listener = socket(AF_INET, SOCK_STREAM, 0)
        #else
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        self.handler = handler
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard isListening else { throw NoServer() }
        try SystemThread.start(name: "server", stackSize: 512 << 10) { self.accept() }
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Waits until a client has closed a connection that was not answered.
    func connectionClosed() async { await closed.value }

    /// An answer with a status, headers and a body.
    static func answer(_ status: Int, _ headers: [String: String] = [:], _ body: [UInt8] = []) -> [UInt8] {
        var head = "HTTP/1.1 \(status) Status\r\nConnection: close\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }

    static func answer(_ status: Int, _ headers: [String: String] = [:], _ text: String) -> [UInt8] {
        answer(status, headers, Array(text.utf8))
    }

    private func accept() {
        while true {
            #if canImport(Darwin)
            let connection = Darwin.accept(listener, nil, nil)
            #elseif canImport(Musl)
            let connection = Musl.accept(listener, nil, nil)
            #else
            let connection = Glibc.accept(listener, nil, nil)
            #endif
            guard connection >= 0 else { break }
            do {
                try SystemThread.start(name: "connection", stackSize: 512 << 10) { self.serve(connection) }
            } catch {
                close(connection)
            }
        }
        close(listener)
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        func more() -> Bool {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return false }
            bytes += buffer.prefix(count)
            return true
        }
        var request = Request()
        var headEnd: Int?
        while headEnd == nil {
            guard more() else { return }
            headEnd = bytes.indices.first { bytes[$0...].starts(with: [13, 10, 13, 10]) }
        }
        let lines = String(decoding: bytes.prefix(headEnd ?? 0), as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        (request.method, request.target) = (String(words[0]), String(words[1]))
        for line in lines.dropFirst() {
            let name = line.prefix { $0 != ":" }
            request.headers[name.lowercased()] = String(line[name.endIndex...].dropFirst(2))
        }
        let begin = (headEnd ?? 0) + 4
        let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
        while bytes.count < begin + length { guard more() else { return } }
        request.body = Array(bytes[begin...])
        let received = request
        seen.withLock { $0.append(received) }
        guard let answer = handler(request) else {
            while more() {}
            return closed.set(())
        }
        var sent = 0
        while sent < answer.count {
            let count = answer[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}
