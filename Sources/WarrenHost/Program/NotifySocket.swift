#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The socket at which systemd hears what a service says of itself.
struct NotifySocket: Sendable {
    /// The address as the kernel takes it: a path, or a name that begins with a zero byte.
    private let path: [UInt8]

    /// Takes the address that the environment variable `NOTIFY_SOCKET` has; `nil` for one of another kind.
    ///
    /// - Parameter address: a path, or `@` and an abstract name.
    init?(_ address: String) {
        guard address.utf8.count > 1, address.utf8.count < Self.maximumPath else { return nil }
        switch address.utf8.first {
        case UInt8(ascii: "/"): path = Array(address.utf8)
        case UInt8(ascii: "@"): path = [0] + address.utf8.dropFirst()
        default: return nil
        }
    }

    private static let maximumPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

    /// Sends a message, without waiting.
    ///
    /// - Returns: why it could not be sent; `nil` if it was.
    func send(_ text: String) -> String? {
        #if canImport(Glibc)
        let kind = Int32(SOCK_DGRAM.rawValue)
        #else
        let kind = SOCK_DGRAM
        #endif
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { return Self.reason }
        defer { close(descriptor) }
        // A program that the host starts meanwhile does not inherit the socket.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let prefix = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let length = socklen_t(prefix + path.count)
        let bytes = Array(text.utf8)
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT), $0, length)
            }
        }
        return sent == bytes.count ? nil : Self.reason
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
