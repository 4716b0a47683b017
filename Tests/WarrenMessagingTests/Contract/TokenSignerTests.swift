import Testing

@testable import WarrenMessaging

@Suite struct TokenSignerTests {
    private let signer = TokenSigner(secret: Array("a secret of the hub".utf8))
    private let token = TaskToken(
        partition: 3, instanceID: "order.42:ä", executionID: "0b9a1c52-6d1e-4a57-9d0e-111111111111", taskID: 17)

    @Test func `a signed token comes back`() {
        #expect(signer.verify(signer.sign(token)) == token)
        let empty = TaskToken(partition: 0, instanceID: "", executionID: "", taskID: 0)
        #expect(signer.verify(signer.sign(empty)) == empty)
    }

    @Test func `the code is half an HMAC-SHA256, as Python computes it`() {
        // base64.urlsafe_b64encode(hmac.new(b"a secret of the hub", text, hashlib.sha256).digest()[:16])
        #expect(
            signer.sign(token) == "yJQkdGmlZTJHEjHqcKVFBA.3.17.36.0b9a1c52-6d1e-4a57-9d0e-111111111111order.42:ä")
    }

    @Test func `the longest token fits a short string`() {
        let token = TaskToken(
            partition: 9999, instanceID: String(repeating: "i", count: 128),
            executionID: String(repeating: "e", count: 64),
            taskID: .max)
        #expect(signer.sign(token).utf8.count <= 255)
        #expect(signer.verify(signer.sign(token)) == token)
    }

    @Test func `no changed token is taken, whatever was changed`() {
        let text = signer.sign(token)
        for index in text.indices {
            for character in ["0", "A", ".", "-"] where String(text[index]) != character {
                var forged = text
                forged.replaceSubrange(index...index, with: character)
                #expect(signer.verify(forged) == nil)
            }
            #expect(signer.verify(String(text[..<index])) == nil)
        }
        #expect(signer.verify(text + "x") == nil)
        #expect(signer.verify("") == nil)
    }

    @Test func `another hub's secret signs nothing here`() {
        let other = TokenSigner(secret: Array("another secret".utf8))
        #expect(signer.verify(other.sign(token)) == nil)
    }

    @Test func `IDs cannot be shifted between fields`() {
        var shifted = token
        shifted.instanceID = "1" + token.instanceID
        shifted.executionID = String(token.executionID.dropLast())
        #expect(signer.sign(shifted).prefix(22) != signer.sign(token).prefix(22))
    }
}
