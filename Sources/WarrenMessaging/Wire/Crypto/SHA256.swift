/// SHA-256 (FIPS 180-4): for signing task tokens, without a dependency.
struct SHA256 {
    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]

    private var state: SIMD8<UInt32> = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    /// How many bytes went into the state; a multiple of 64.
    private var taken = 0

    /// The hash of a message.
    static func hash(_ message: [UInt8]) -> [UInt8] {
        let digest = message.withUnsafeBytes { SHA256().finish($0) }
        return withUnsafeBytes(of: digest) { Array($0) }
    }

    /// Takes exactly one block of 64 bytes.
    mutating func takeBlock(_ block: [UInt8]) {
        precondition(block.count == 64, "SHA-256 takes blocks of 64 bytes")
        block.withUnsafeBytes { compress($0.baseAddress!) }
        taken += 64
    }

    /// The hash of everything taken so far, followed by a last part: 32 bytes in their order.
    ///
    /// Nothing is allocated: this runs twice for every activity of every orchestration.
    func finish(_ rest: UnsafeRawBufferPointer) -> SIMD8<UInt32> {
        var copy = self
        let whole = rest.count & ~63
        for start in stride(from: 0, to: whole, by: 64) { copy.compress(rest.baseAddress! + start) }
        // What is left, a one bit, zeros, and the length in bits: one block or two.
        let left = UnsafeRawBufferPointer(rebasing: rest[whole...])
        let size = left.count < 56 ? 64 : 128
        withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { tail in
            tail.initializeMemory(as: UInt8.self, repeating: 0)
            tail.copyMemory(from: left)
            tail[left.count] = 0x80
            tail.storeBytes(of: (UInt64(taken + rest.count) * 8).bigEndian, toByteOffset: size - 8, as: UInt64.self)
            for start in stride(from: 0, to: size, by: 64) { copy.compress(tail.baseAddress! + start) }
        }
        var digest = copy.state
        for index in digest.indices { digest[index] = digest[index].bigEndian }
        return digest
    }

    private mutating func compress(_ block: UnsafeRawPointer) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
            for index in 0..<16 {
                words[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
            }
            for index in 16..<64 {
                let early = words[index - 15]
                let late = words[index - 2]
                let mixedEarly = rotate(early, 7) ^ rotate(early, 18) ^ early >> 3
                let mixedLate = rotate(late, 17) ^ rotate(late, 19) ^ late >> 10
                words[index] = words[index - 16] &+ mixedEarly &+ words[index - 7] &+ mixedLate
            }
            var (a, b, c, d) = (state[0], state[1], state[2], state[3])
            var (e, f, g, h) = (state[4], state[5], state[6], state[7])
            SHA256.constants.withUnsafeBufferPointer { constants in
                for index in 0..<64 {
                    let mixedE = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
                    let first = h &+ mixedE &+ (e & f ^ ~e & g) &+ constants[index] &+ words[index]
                    let mixedA = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
                    let second = mixedA &+ (a & b ^ a & c ^ b & c)
                    (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
                }
            }
            state = state &+ SIMD8(a, b, c, d, e, f, g, h)
        }
    }
}

@inline(__always)
private func rotate(_ word: UInt32, _ bits: UInt32) -> UInt32 { word >> bits | word << (32 - bits) }
