import AMQPMessages
import Testing
import Warren
import WarrenMessaging

@Suite("Beats of hosts")
struct HostBeatCodecTests {
    private let beat = HostBeat(
        id: "host/1f", name: "host", process: 42, startedAt: Timestamp(microseconds: 1_893_499_200_000_000),
        sentAt: Timestamp(microseconds: 1_893_499_201_000_000),
        isLeaving: true, orchestrations: ["B", "A"],
        owned: [.init(partition: 3, epoch: 7, unsavedBytes: 12), .init(partition: 5, epoch: 1, unsavedBytes: 0)],
        followed: [0, 3, 5])

    private func inbound(_ message: OutboundMessage) -> InboundMessage {
        InboundMessage(
            exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
            body: message.body)
    }

    @Test("A beat is JSON that a person can read, and comes back as it was")
    func roundTrip() {
        let message = HostBeatCodec.encode(beat, stream: "h.hosts")
        #expect(
            String(decoding: message.body, as: UTF8.self)
                == #"{"id":"host/1f","name":"host","process":42,"startedAt":"2030-01-01T12:00:00Z","#
                + #""sentAt":"2030-01-01T12:00:01Z","leaving":true,"#
                + #""orchestrations":["A","B"],"owned":[{"partition":3,"epoch":7,"unsavedBytes":12},"#
                + #"{"partition":5,"epoch":1,"unsavedBytes":0}],"followed":[0,3,5]}"#)
        #expect(HostBeatCodec.decode(inbound(message)) == beat)
    }

    @Test(
        "What is no beat is none",
        arguments: [
            "", "[]", "{}", #"{"id":""}"#, #"{"id":7}"#, "nonsense", #"{"id":"a""#,
            #"{"id":"\#(String(repeating: "x", count: 300))"}"#,
        ])
    func foreign(body: String) {
        var message = InboundMessage(exchange: "", routingKey: "h.hosts", body: Array(body.utf8))
        message.properties.type = "warren.host-beat"
        #expect(HostBeatCodec.decode(message) == nil)
        message.properties.type = nil
        message.body = HostBeatCodec.encode(beat, stream: "h.hosts").body
        #expect(HostBeatCodec.decode(message) == nil)
    }

    @Test("Fields of later versions and strange values are passed over")
    func tolerant() throws {
        var message = InboundMessage(
            exchange: "", routingKey: "h.hosts",
            body: Array(
                #"{"id":"a","new":[1],"owned":[{"partition":-1,"epoch":1},{"partition":1,"epoch":2},7],"followed":["x",2]}"#
                    .utf8))
        message.properties.type = "warren.host-beat"
        let beat = try #require(HostBeatCodec.decode(message))
        #expect(beat.owned == [.init(partition: 1, epoch: 2, unsavedBytes: 0)])
        #expect(beat.followed == [2])
        #expect(!beat.isLeaving)
    }
}
