import AMQPMessages
import Foundation
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenHost
import WarrenMessaging

@testable import AMQP

/// Whatever is published, the host goes on, and nothing disappears without a reason.
@Suite("Broker: bad input", .timeLimit(.minutes(5)), .enabled(if: TestBroker.isAvailable, TestBroker.remedy))
struct BadInputTests {
    private static let echo = Orchestration<JSONValue, JSONValue>("Echo")
    private static let waiting = Orchestration<JSONValue, Bool>("Waiting")
    private static let go = ExternalEvent<Bool>("Go")

    private struct Case {
        var name: String
        var message: OutboundMessage
        var reason: String
        var field: String
    }

    private static func nested(_ levels: Int) -> FieldValue {
        var value = FieldValue.int64(1)
        for level in 0..<levels { value = level % 2 == 0 ? .array([value]) : .table(["a": value]) }
        return value
    }

    private func cases(_ names: TaskHubName) -> [Case] {
        func message(
            _ exchange: String, _ key: String, _ body: [UInt8] = Array("1".utf8),
            _ properties: MessageProperties = .init()
        ) -> OutboundMessage {
            OutboundMessage(exchange: exchange, routingKey: key, properties: properties, body: body)
        }
        let json = MessageProperties(contentType: "application/json")
        let start = names.startExchange
        let event = names.eventExchange
        let control = names.controlExchange
        return [
            Case(
                name: "invalid JSON", message: message(start, "Echo", Array("{\"a\":".utf8), json),
                reason: "invalid-json", field: "body"),
            Case(
                name: "invalid UTF-8", message: message(start, "Echo", [0x22, 0xFF, 0xFE, 0x22], json),
                reason: "invalid-json", field: "UTF-8"),
            Case(
                name: "too deep",
                message: message(
                    event, "w/Go", Array(repeating: UInt8(ascii: "["), count: 100), json),
                reason: "invalid-json", field: "body"),
            Case(
                name: "unknown orchestration", message: message(start, "Nobody"), reason: "unknown-orchestration",
                field: "Nobody"),
            Case(
                name: "bad instance ID",
                message: message(
                    start, "Echo", Array("1".utf8), MessageProperties(headers: ["warren-instance-id": "a/b"])),
                reason: "bad-instance-id", field: "warren-instance-id"),
            Case(
                name: "bad orchestration name", message: message(start, "9 lives"), reason: "bad-name",
                field: "routing key"),
            Case(
                name: "event without instance", message: message(event, "JustAName"), reason: "bad-routing-key",
                field: "routing key"),
            Case(
                name: "unknown verb", message: message(control, "w/explode"), reason: "unknown-verb", field: "explode"),
            Case(
                name: "2 MiB body",
                message: message(start, "Echo", Array(repeating: UInt8(ascii: "1"), count: 2 << 20), json),
                reason: "too-large", field: "body"),
            Case(
                name: "a header nested 20 deep, of an event that is not held",
                message: message(
                    event, "nobody/Go", [],
                    MessageProperties(headers: ["a": Self.nested(20), "warren-hold-ms": 0])),
                reason: "bad-header", field: "'a'"),
            Case(
                name: "a header nested 40 deep, kept in the dead letter",
                message: message(
                    control, "nobody/terminate", [],
                    MessageProperties(headers: ["warren-note": Self.nested(40)])),
                reason: "bad-header", field: "'warren-note'"),
            Case(
                name: "a zero byte in the correlation ID",
                message: message(
                    start, "Echo", Array("1".utf8),
                    MessageProperties(
                        correlationID: "a\0completed\0\(names.activityQueue("Charge"))\0b", replyTo: "reply.x")),
                reason: "bad-header", field: "correlation_id"),
            Case(
                name: "an unsigned end of a sub-orchestration",
                message: message(
                    names.partitionExchange, "0", Array("1".utf8), MessageProperties(type: "warren.child-completed")),
                reason: "forged", field: names.queryExchange),
            Case(
                name: "a list of a partition that the hub does not have",
                message: message(
                    names.queryExchange, "hub/list", [],
                    MessageProperties(headers: ["warren-partition": 4], replyTo: "reply.nobody.is.here")),
                reason: "bad-header", field: "warren-partition"),
            Case(
                name: "unknown content type",
                message: message(start, "Echo", [1, 2], MessageProperties(contentType: "image/png")),
                reason: "unsupported-content-type", field: "content_type"),
            Case(
                name: "unknown encoding",
                message: message(
                    start, "Echo", [1, 2], MessageProperties(contentType: "application/json", contentEncoding: "br")),
                reason: "unsupported-encoding", field: "content_encoding"),
            Case(
                name: "event for an unknown instance", message: message(event, "nobody/Go"),
                reason: "unknown-instance", field: "nobody"),
            Case(
                name: "event for a finished instance", message: message(event, "finished/Go"),
                reason: "instance-finished", field: "finished"),
            Case(
                name: "terminating nobody", message: message(control, "nobody/terminate", []),
                reason: "unknown-instance", field: "nobody"),
            Case(
                name: "the same message ID with another body",
                message: message(
                    start, "Echo", Array("2".utf8),
                    MessageProperties(headers: ["warren-instance-id": "first"], messageID: "m-1")),
                reason: "duplicate-id-mismatch", field: "message_id"),
            Case(
                name: "a result that nobody asked for",
                message: message(
                    names.resultExchange, names.partitionQueue(0, of: 4), Array("1".utf8),
                    MessageProperties(correlationID: "made-up")),
                reason: "unmatched-result", field: "correlation_id"),
        ]
    }

    @Test("ends where the contract says, with the reason in headers, while good input keeps flowing")
    func everyCase() async throws {
        try await BrokerHub.run(configure: {
            $0.graces.unknownOrchestration = .milliseconds(200)
            $0.graces.earlyEvent = .milliseconds(200)
        }) { host in
            host.register(Self.echo) { _, value in value }
            host.register(Self.waiting) { context, _ in try await context.wait(for: Self.go) }
        } _: { hub in
            let client = hub.client
            let finished = try await client.start(Self.echo, .integer(1), id: "finished")
            _ = try await finished.result()
            let patient = try await client.start(Self.waiting, .null, id: "w")
            // The first message under the ID that a later one will use again; published twice, it counts once.
            let first = OutboundMessage(
                exchange: hub.names.startExchange, routingKey: "Echo",
                properties: MessageProperties(headers: ["warren-instance-id": "first"], messageID: "m-1"),
                body: Array("1".utf8))
            #expect(try await hub.publish(first) == .confirmed)
            #expect(try await hub.publish(first) == .confirmed)

            let dead = try await hub.transport.consume(hub.names.deadQueue, prefetch: 100)
            var letters = dead.batches.makeAsyncIterator()
            var rest: [InboundMessage] = []
            for (number, bad) in cases(hub.names).enumerated() {
                #expect(try await hub.publish(bad.message) == .confirmed, "\(bad.name)")
                let good = try await client.start(Self.echo, .integer(Int64(number)))
                #expect(try await good.result() == .integer(Int64(number)))
                let letter = try await hub.nextDeadLetter(&letters, &rest)
                let headers = letter.properties.headers
                #expect(headers["warren-dead-reason"]?.string == bad.reason, "\(bad.name)")
                #expect(letter.routingKey == bad.reason, "\(bad.name)")
                let detail = try #require(headers["warren-dead-detail"]?.string, "\(bad.name)")
                #expect(detail.contains(bad.field), "\(bad.name): \(detail)")
                #expect(headers["warren-dead-exchange"]?.string == bad.message.exchange, "\(bad.name)")
                if bad.message.body.count < 4096 {
                    #expect(letter.body == bad.message.body, "\(bad.name)")
                } else {
                    #expect(letter.body.count <= 4096, "\(bad.name)")
                }
                dead.acknowledge([letter.tag])
            }
            // Who asked for an answer on a queue that is gone is not waited for.
            let toNobody = OutboundMessage(
                exchange: hub.names.startExchange, routingKey: "Echo",
                properties: MessageProperties(
                    headers: ["warren-instance-id": "to-nobody"], replyTo: "reply.gone.for-good"),
                body: Array("5".utf8))
            #expect(try await hub.publish(toNobody) == .confirmed)
            #expect(try await client.output(of: "to-nobody").json == "5")

            // A number that no type of ours holds. Whatever becomes of it, it can be asked about.
            let huge = OutboundMessage(
                exchange: hub.names.startExchange, routingKey: "Echo",
                properties: MessageProperties(headers: ["warren-instance-id": "huge"]), body: Array("[1e400]".utf8))
            #expect(try await hub.publish(huge) == .confirmed)
            _ = try? await client.output(of: "huge")
            #expect(try await client.status(of: "huge", includeHistory: true) != nil)
            #expect(try await client.list(InstanceQuery(limit: 1000)).instances.contains { $0.instanceID == "huge" })

            try await client.raise(Self.go, true, to: "w")
            #expect(try await patient.result() == true)
            #expect(try await client.output(of: "first").json == "1")
            #expect(rest.isEmpty)
            await dead.close()
        }
    }
}
