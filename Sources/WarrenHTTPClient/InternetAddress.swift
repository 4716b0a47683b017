/// An address to which a connection is about to be made.
struct InternetAddress: Sendable, Hashable, CustomStringConvertible {
    /// The bits of an IPv4 address are the last 32 of `low`.
    private let isShort: Bool
    private let high: UInt64
    private let low: UInt64

    /// An address of 4 or 16 bytes; `nil` for another number, as of another family of addresses.
    init?(bytes: [UInt8]) {
        func number(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        switch bytes.count {
        case 4: (isShort, high, low) = (true, 0, number(bytes))
        case 16: (isShort, high, low) = (false, number(bytes.prefix(8)), number(bytes.suffix(8)))
        default: return nil
        }
    }

    /// The kinds of the address; none for an ordinary public one.
    ///
    /// An IPv6 address that stands for an IPv4 address has the kinds of that one, because a gateway, or the system, may
    /// connect there.
    var kinds: HTTPAddressKinds {
        if isShort { return Self.kinds(UInt32(truncatingIfNeeded: low)) }
        var kinds: HTTPAddressKinds = []
        if Self.isMetadata(high, low) { kinds.insert(.metadata) }
        if high == 0, low <= 1 { kinds.insert(.loopback) }
        // fe80::/10
        if high >> 54 == 0x3FA { kinds.insert(.linkLocal) }
        // fc00::/7, and fec0::/10, which is what private networks had before.
        if high >> 57 == 0x7E || high >> 54 == 0x3FB { kinds.insert(.privateNetwork) }
        if high >> 56 == 0xFF { kinds.insert(.special) }
        if let inner = embedded { kinds.formUnion(Self.kinds(inner)) }
        return kinds
    }

    /// The IPv4 address that an IPv6 address stands for.
    private var embedded: UInt32? {
        let last = UInt32(truncatingIfNeeded: low)
        switch (high >> 32, high, low >> 32) {
        case (_, 0, 0xFFFF): return last  // mapped
        case (_, 0, 0xFFFF_0000): return last  // translated
        case (_, 0, 0): return low > 1 ? last : nil  // compatible
        case (0x0064_FF9B, _, _): return last  // NAT64
        case (0x2001_0000, _, _): return ~last  // Teredo
        case (0x2002_0000...0x2002_FFFF, _, _): return UInt32(truncatingIfNeeded: high >> 16)  // 6to4
        default: return nil
        }
    }

    private static func kinds(_ address: UInt32) -> HTTPAddressKinds {
        func isIn(_ network: UInt32, _ length: UInt32) -> Bool { address >> (32 - length) == network >> (32 - length) }
        var kinds: HTTPAddressKinds = isMetadata(address) ? .metadata : []
        if isIn(0x0000_0000, 8) || isIn(0x7F00_0000, 8) { kinds.insert(.loopback) }
        if isIn(0xA9FE_0000, 16) { kinds.insert(.linkLocal) }
        // 10/8, 172.16/12, 192.168/16, 100.64/10, 198.18/15, 192.0.0/24
        if isIn(0x0A00_0000, 8) || isIn(0xAC10_0000, 12) || isIn(0xC0A8_0000, 16) || isIn(0x6440_0000, 10)
            || isIn(0xC612_0000, 15) || isIn(0xC000_0000, 24)
        {
            kinds.insert(.privateNetwork)
        }
        // 224/4 and 240/4
        if isIn(0xE000_0000, 3) { kinds.insert(.special) }
        return kinds
    }

    /// Whether it is a service that gives secrets. Azure's is a public address, and the others are in ranges that may be
    /// allowed.
    private static func isMetadata(_ address: UInt32) -> Bool {
        switch address {
        case 0xA9FE_A9FE, 0xA9FE_AA02, 0xA9FE_AA17: true  // 169.254.169.254, 169.254.170.2, 169.254.170.23
        case 0x6464_64C8: true  // 100.100.100.200
        case 0xA83F_8110: true  // 168.63.129.16
        case 0xC000_00C0: true  // 192.0.0.192
        default: false
        }
    }

    private static func isMetadata(_ high: UInt64, _ low: UInt64) -> Bool {
        switch (high, low) {
        case (0xFD00_0EC2_0000_0000, 0x254), (0xFD00_0EC2_0000_0000, 0x23): true  // fd00:ec2::254, fd00:ec2::23
        case (0xFD20_00CE_0000_0000, 0x254): true  // fd20:ce::254
        default: false
        }
    }

    var description: String {
        func parts(_ value: UInt64, _ bits: UInt64, _ count: UInt64) -> [UInt64] {
            (1...count).map { value >> (bits * (count - $0)) & (1 << bits - 1) }
        }
        if isShort { return parts(low, 8, 4).map { String($0) }.joined(separator: ".") }
        return (parts(high, 16, 4) + parts(low, 16, 4)).map { String($0, radix: 16) }.joined(separator: ":")
    }
}
