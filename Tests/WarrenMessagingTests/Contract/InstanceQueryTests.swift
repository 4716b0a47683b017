import Testing
import Warren

@testable import WarrenMessaging

@Suite("Queries of instances on the wire")
struct InstanceQueryTests {
    @Test("Every condition comes back as it was, and a query without the later ones has the bytes of the first version")
    func roundTrip() throws {
        let time = Timestamp(microseconds: 5)
        let query = InstanceQuery(
            name: "Pay", statuses: [.running], limit: 7,
            after: .init(createdAt: time, instanceID: "a", lastUpdatedAt: time), updatedFrom: time, updatedTo: time,
            waitsFor: .event("a:b"), order: .newest)
        #expect(try InstanceQueryCodec.decode(InstanceQueryCodec.encode(query)) == query)
        #expect(query.laterConditions == ["updatedFrom", "updatedTo", "waitsFor"])
        #expect(
            InstanceQueryCodec.encode(InstanceQuery(name: "Pay")).json == #"{"limit":100,"name":"Pay","statuses":[]}"#)
        let waiting = try InstanceQueryCodec.decode(Payload(json: #"{"waitsFor":"Approval"}"#))
        #expect(waiting.order == .longestWaiting && waiting.waitsFor == WaitCondition(name: "Approval"))
        #expect(waiting.laterConditions == ["waitsFor", "order"])
        let versioned = InstanceQuery(version: "2.0")
        #expect(try InstanceQueryCodec.decode(InstanceQueryCodec.encode(versioned)) == versioned)
        #expect(versioned.laterConditions == ["version"])
    }

    @Test(
        "A value that no condition can have is refused with the condition's name and what can be written",
        arguments: [
            (#"{"waitsFor":"evnt:A"}"#, ["'waitsFor'", "'evnt' is no kind", "event:Approval"]),
            (#"{"waitsFor":""}"#, ["'waitsFor'", "no name"]),
            (#"{"order":"oldest"}"#, ["'order'", "'oldest' is no order", "'newest' or 'waiting'"]),
            (
                #"{"order":"waiting","after":{"createdAt":{"microseconds":5},"instanceID":"a"}}"#,
                ["'after'", "another order"]
            ),
            (#"{"updatedTo":"yesterday"}"#, ["no instance query"]),
            (#"{"statuses":["Stuck"]}"#, ["'statuses'", "'Stuck' is no status", "Completed, Failed, Terminated"]),
        ])
    func refusals(body: String, words: [String]) {
        let refusal = #expect(throws: Refusal.self) { try InstanceQueryCodec.decode(Payload(json: body)) }
        #expect(refusal?.reason == .invalidJSON)
        for word in words { #expect(refusal?.detail.contains(word) == true, "\(refusal?.detail ?? "")") }
    }
}
