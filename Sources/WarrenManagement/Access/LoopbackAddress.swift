#if HTTP
/// Recognises addresses of this very machine.
enum LoopbackAddress {
    /// Whether an IP address is 127.0.0.0/8 or ::1, also as an IPv4 address within IPv6; or the name `localhost`; or a
    /// Unix socket, which has no address.
    static func contains(_ address: String) -> Bool {
        // Nearly all of them.
        if address == "127.0.0.1" || address == "::1" { return true }
        var text = address.lowercased()[...]
        if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
        if text.hasPrefix("::ffff:") { text = text.dropFirst("::ffff:".count) }
        if text.isEmpty || text == "localhost" || text == "::1" { return true }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        // trap: never, a text that is no number from 0 to 255 is nil
        return parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
#endif
