import Testing
import Warren
import WarrenMessaging

/// References stand for payloads, and nothing else is taken for one.
@Suite("References to payloads", .timeLimit(.minutes(1)))
struct PayloadReferenceTests {
    /// The SHA-256 of "abc", FIPS 180-4.
    private static let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test("A reference has the digest and the size, and is read as it was written")
    func wayBack() {
        let reference = PayloadReference(of: Array("abc".utf8))
        #expect(reference.payload.json == #"{"$warrenPayload":"\#(Self.digest)","bytes":3}"#)
        #expect(PayloadReference(reference.payload) == reference)
        #expect(PayloadReference(of: []).bytes == 0)
    }

    @Test(
        "Another spelling is a value like any other",
        arguments: [
            "null", "{}", #"{"$warrenPayload":""}"#, #"{"$warrenPayload":"\#(digest)"}"#,
            #"{ "$warrenPayload":"\#(digest)","bytes":3}"#, #"{"$warrenPayload":"\#(digest)","bytes":3} "#,
            #"{"$warrenPayload":"\#(digest)","bytes":03}"#, #"{"$warrenPayload":"\#(digest)","bytes":-3}"#,
            #"{"$warrenPayload":"\#(digest)","bytes":}"#, #"{"$warrenPayload":"\#(digest)","bytes":3,"a":1}"#,
            #"{"$warrenPayload":"\#(digest)","bytes":1234567890123}"#,
            #"{"$warrenPayload":"\#(digest.uppercased())","bytes":3}"#,
            #"{"$warrenPayload":"../\#(digest.dropFirst(3))","bytes":3}"#,
            #"["$warrenPayload":"\#(digest)","bytes":3}"#,
        ])
    func otherSpellings(text: String) {
        #expect(PayloadReference(Payload(json: text)) == nil)
    }

    @Test("The references in other bytes are found, wherever they stand")
    func inside() {
        let first = PayloadReference(of: [1])
        let second = PayloadReference(of: [2])
        let bytes = [0, 36, 255] + first.payload.bytes + Array("$$warrenPayload".utf8) + second.payload.bytes + [36]
        #expect(PayloadReference.digests(in: bytes) == [first.digest, second.digest])
        #expect(PayloadReference.digests(in: Array(bytes.prefix(40))) == [])
        #expect(PayloadReference.digests(in: []) == [])
    }
}
