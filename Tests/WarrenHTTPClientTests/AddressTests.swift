import Testing

@testable import WarrenHTTPClient

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("Kinds of addresses", .timeLimit(.minutes(1)))
struct AddressTests {
    private static func address(_ text: String) -> InternetAddress? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return InternetAddress(bytes: Array(bytes.prefix(4))) }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? InternetAddress(bytes: bytes) : nil
    }

    @Test(
        "An address has the kinds that it stands for, also inside an IPv6 address",
        arguments: [
            ("127.0.0.1", .loopback), ("127.255.255.254", .loopback), ("0.0.0.0", .loopback), ("0.1.2.3", .loopback),
            ("::1", .loopback), ("::", .loopback), ("::ffff:127.0.0.1", .loopback), ("::127.0.0.1", .loopback),
            ("64:ff9b::7f00:1", .loopback), ("64:ff9b:1::7f00:1", .loopback), ("2002:7f00:1::", .loopback),
            ("::ffff:0:127.0.0.1", .loopback), ("2001:0:1:2:3:4:80ff:fffe", .loopback),
            ("169.254.0.1", .linkLocal), ("fe80::1", .linkLocal), ("febf::1", .linkLocal),
            ("169.254.169.254", [.linkLocal, .metadata]), ("::ffff:169.254.169.254", [.linkLocal, .metadata]),
            ("169.254.170.2", [.linkLocal, .metadata]), ("100.100.100.200", [.metadata, .privateNetwork]),
            ("168.63.129.16", .metadata), ("192.0.0.192", [.metadata, .privateNetwork]),
            ("fd00:ec2::254", [.metadata, .privateNetwork]),
            ("10.0.0.1", .privateNetwork), ("172.16.0.1", .privateNetwork), ("172.31.255.255", .privateNetwork),
            ("192.168.1.1", .privateNetwork), ("100.64.0.1", .privateNetwork), ("fc00::1", .privateNetwork),
            ("fec0::1", .privateNetwork), ("::ffff:10.0.0.1", .privateNetwork),
            ("224.0.0.1", .special), ("255.255.255.255", .special), ("240.0.0.1", .special), ("ff02::1", .special),
            ("8.8.8.8", []), ("172.32.0.1", []), ("172.15.0.1", []), ("100.128.0.1", []), ("169.253.0.1", []),
            ("2606:4700::1111", []), ("64:ff9b::808:808", []), ("::ffff:8.8.8.8", []),
        ] as [(String, HTTPAddressKinds)])
    func kinds(text: String, kinds: HTTPAddressKinds) throws {
        let address = try #require(Self.address(text))
        #expect(address.kinds == kinds)
        #expect(address.kinds.isDisjoint(with: .standard) == kinds.subtracting(.privateNetwork).isEmpty)
    }
}
