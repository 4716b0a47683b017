import Testing
import Warren
import WarrenSupport

@Suite("What names and IDs may have in them", .timeLimit(.minutes(1)))
struct NameRulesTests {
    @Test("Exactly Unicode's control characters are found, wherever they stand")
    func controlCharacters() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let isControl = scalar.properties.generalCategory == .control
            guard NameRules.hasControlCharacter("é\(scalar)z") == isControl else {
                Issue.record("U+\(String(value, radix: 16))")
                return
            }
        }
        #expect(NameRules.hasControlCharacter("\u{0}") && NameRules.hasControlCharacter("a\u{9F}"))
        #expect(!NameRules.hasControlCharacter(""))
        // The second byte of these is in the range of a control character's, the first is not.
        #expect(!NameRules.hasControlCharacter("À\u{A0}Ä"))
    }

    @Test("Exactly the characters that separate parts of paths are found")
    func pathCharacters() {
        for value in UInt32(0)..<0x3000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            #expect(NameRules.hasPathCharacter("a\(scalar)") == "/\\#?*".unicodeScalars.contains(scalar))
        }
    }
}
