import AMQPMessages
import Foundation
import Testing
import Warren
import WarrenHost
import WarrenMessaging
import WarrenPartition

/// One spelling of a status: that of Durable Functions. `WarrenCLITests` asks the programs for the same.
@Suite("The spelling of statuses in code and messages", .timeLimit(.minutes(1)))
struct StatusSpellingTests {
    /// What clients of Durable Functions compare with.
    private static let names = [
        "Pending", "Running", "Suspended", "Completed", "Failed", "Terminated", "ContinuedAsNew", "Canceled",
    ]

    @Test("Statuses are spelled as Durable Functions spells them, and read in any case", arguments: names)
    func spelling(name: String) throws {
        let status = try #require(RuntimeStatus(rawValue: name))
        #expect(RuntimeStatus.allCases.count == Self.names.count)
        for text in [name, name.lowercased(), name.uppercased(), name.prefix(1).lowercased() + name.dropFirst()] {
            #expect(RuntimeStatus(anyCase: text) == status)
            let read = try JSONDecoder().decode([RuntimeStatus].self, from: Data("[\"\(text)\"]".utf8))
            #expect(read == [status])
        }
        #expect(String(decoding: try JSONEncoder().encode([status]), as: UTF8.self) == "[\"\(name)\"]")
    }

    @Test("A word that is no status is refused with those that are")
    func unknown() {
        #expect(RuntimeStatus(anyCase: "done") == nil)
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([RuntimeStatus].self, from: Data(#"["done"]"#.utf8))
        }
        #expect("\(error as Any)".contains("'done' is no status; there are Pending, Running, Suspended, Completed"))
    }

    @Test("Every change that is published has the name of its status in key, copy, header, cloud event and body")
    func lifecycle() throws {
        let changes = LifecycleEvent.allCases.map(\.rawValue)
        #expect(Set(changes) == Set(Self.names).subtracting(["Canceled"]).union(["StartIgnored"]))
        #expect(HostConfiguration.LifecycleEvent.names == changes)
        for name in changes {
            #expect(HostConfiguration.LifecycleEvent(name.lowercased())?.description == name)
            let message = LifecycleCodec(hub: try TaskHubName("h")).encode(
                LifecycleMessage(
                    instanceID: "i", executionID: "e", name: "Order", partition: 0, status: name, sequence: 1,
                    createdAt: Timestamp(microseconds: 0), lastUpdatedAt: Timestamp(microseconds: 0)))
            let headers = message.properties.headers
            #expect(message.routingKey == "orchestration.\(name).Order")
            #expect(headers["CC"] == .array([.string("instance.i.\(name)")]))
            #expect(headers["warren-status"]?.string == name)
            #expect(headers["cloudEvents_type"]?.string == "warren.orchestration.\(name)")
            #expect(try JSONValue(Payload(bytes: message.body))["status"]?.stringValue == name)
        }
        for status in RuntimeStatus.allCases.filter(\.isTerminal) where status != .canceled {
            #expect(LifecycleEvent(end: status)?.rawValue == status.rawValue)
        }
    }

    @Test("An answer about the end of an instance has the name of its status, and is read in the spelling of before")
    func answers() throws {
        let ends: [ReplyMessage.Status] = [.completed, .failed, .terminated]
        #expect(ends.map(\.rawValue) == ["Completed", "Failed", "Terminated"])
        for status in ReplyMessage.Status.allCases {
            for text in [status.rawValue, status.rawValue.lowercased()] {
                let message = InboundMessage(
                    exchange: "", routingKey: "reply.x",
                    properties: MessageProperties(
                        headers: ["warren-status": .string(text)], correlationID: "c", type: WireType.reply))
                #expect(try ReplyCodec.decode(message).get().status == status)
            }
        }
    }
}
