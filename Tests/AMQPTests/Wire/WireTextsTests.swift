import CRabbitMQ
import Testing
import WarrenSupport

@testable import AMQP

/// The texts of a connection that come again.
@Suite("Known texts", .timeLimit(.minutes(1)))
struct WireTextsTests {
    private func text(_ bytes: [UInt8], in texts: WireTexts) -> String {
        var bytes = bytes
        return bytes.withUnsafeMutableBytes { texts.text(amqp_bytes_t(len: $0.count, bytes: $0.baseAddress)) }
    }

    @Test(
        "A text is what its bytes are, whatever was seen before, and again",
        arguments: [0, 1, 15, 16, 17, 40, 64, 65, 255])
    func same(length: Int) {
        let texts = WireTexts()
        for round in 0..<3 {
            for letter in UInt8(ascii: "a")...UInt8(ascii: "z") {
                let bytes = [UInt8](repeating: letter, count: length)
                #expect(text(bytes, in: texts) == String(decoding: bytes, as: UTF8.self), "round \(round)")
            }
        }
    }

    @Test("Texts that differ in one byte anywhere are told apart")
    func neighbours() {
        let texts = WireTexts()
        let base = Array("warren-idempotency-key-of-something".utf8)
        for _ in 0..<2 {
            for index in base.indices {
                var other = base
                other[index] ^= 1
                #expect(text(other, in: texts).utf8.elementsEqual(other))
                #expect(text(base, in: texts).utf8.elementsEqual(base))
            }
        }
    }

    @Test("More texts than there are places replace each other")
    func many() {
        let texts = WireTexts()
        for _ in 0..<2 {
            for number in 0..<5000 {
                let name = "shop.partition.of.number.\(number)"
                #expect(text(Array(name.utf8), in: texts) == name)
            }
        }
    }

    @Test("Bytes that are not UTF-8 are replaced each time, and do not stand in for others")
    func invalid() {
        let texts = WireTexts()
        let bytes = [UInt8](repeating: 0xFF, count: 20)
        for _ in 0..<2 { #expect(text(bytes, in: texts) == String(repeating: "\u{FFFD}", count: 20)) }
        let replaced = Array(String(repeating: "\u{FFFD}", count: 20).utf8)
        #expect(text(replaced, in: texts).utf8.elementsEqual(replaced))
    }

    @Test(
        "A text is made of UTF-8 and nothing else",
        arguments: [
            [], [0x61], Array("größe €😀".utf8), [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x98],
            [0xEF, 0xBF, 0xBD], [0xF4, 0x90, 0x80, 0x80], [0x61, 0xFF, 0x62], [0x00, 0x61],
        ] as [[UInt8]])
    func validation(bytes: [UInt8]) {
        let text = bytes.withUnsafeBytes { String(utf8: $0) }
        #expect(text == String(validating: bytes, as: UTF8.self))
        #expect(text.map { Array($0.utf8) == bytes } ?? true)
    }
}
