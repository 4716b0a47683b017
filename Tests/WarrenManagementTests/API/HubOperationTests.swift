#if HTTP
import AMQPMessages
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenMessaging

@testable import WarrenManagement

@Suite("HTTP API: the hub and its dead letters", .timeLimit(.minutes(2)))
struct HubOperationTests {
    @Test("The hub, its partitions, hosts and queues are described")
    func hub() async throws {
        try await APIBench.running { bench in
            let hub = try await bench.get("/hub")
            #expect(hub["hub"] == "test")
            #expect(hub["partitions"] == 2)
            #expect(hub["durability"] == "local")
            guard case .array(let names)? = hub["orchestrations"] else { return #expect(Bool(false), "\(hub.body)") }
            #expect(names.contains("HelloCities"))
            let partitions = try await bench.get("/partitions")
            #expect(partitions["durability"] == "local")
            #expect(partitions["partitions"]?[1]?["partition"] == 1)
            #expect(partitions["partitions"]?[1]?["waiting"] == 0)
            #expect(partitions["partitions"]?[1]?["damaged"] == .object([:]))
            #expect(partitions["partitions"]?[1]?["figures"]?["outboxRows"] == 0)
            try await bench.run("Hello", id: "a")
            try await untilSeen("the commit of a partition") {
                guard case .array(let partitions)? = try await bench.get("/partitions")["partitions"] else {
                    return false
                }
                return partitions.contains { partition in
                    guard let figures = partition["figures"], figures["commitMedian"] != nil else { return false }
                    return (figures["commits"]?.integerValue ?? 0) > 0 && (figures["turns"]?.integerValue ?? 0) > 0
                }
            }
            let hosts = try await bench.get("/hosts")
            #expect(hosts.status == 200, "\(hosts.body)")
            guard case .array(let queues)? = try await bench.get("/queues")["queues"] else {
                return #expect(Bool(false), "no queues")
            }
            let intake = queues.first { $0["queue"] == "test.intake" }
            #expect(intake?["consumers"] == 1)
            #expect(queues.contains { $0["queue"] == "test.activity.SayHello" })
        }
    }

    @Test("Activities that nobody serves are named")
    func unserved() async throws {
        try await APIBench.running { bench in
            let start = #"{"orchestration":"Calling","id":"c"}"#
            #expect(try await bench.post("/instances", start).status == 201)
            try await untilSeen("the call of an activity") {
                try await bench.get("/activities?unserved=true")["activities"]?[0]?["name"] == "Nobody"
            }
            let all = try await bench.get("/activities")
            guard case .array(let activities)? = all["activities"] else { return #expect(Bool(false), "\(all.body)") }
            #expect(activities.first { $0["name"] == "SayHello" }?["served"] == true)
            #expect(activities.first { $0["name"] == "Nobody" }?["served"] == false)
            #expect(try await bench.get("/activities?unserved=maybe")["field"] == "unserved")
        }
    }

    @Test("A state of the broker that may pass is 503 with a time to ask again, and never a fault of this server")
    func passingTrouble() async throws {
        try await APIBench.running { bench in
            let transport = TroubledTransport(bench.transport)
            let client = try await TaskHubClient(hub: "test", transport: transport, logger: APIBench.quiet)
            try await withCleanUp {
                let router = Router()
                ManagementAPI(client: client, options: .init(), logger: APIBench.quiet).add(to: router)
                ManagementRoutes(client: client, options: .init(), logger: APIBench.quiet).add(to: router)
                try await RouteClient.serving(router, over: .router) { http in
                    // A channel that the broker closes, at the first queue and in the middle.
                    for queue in ["test.intake", "test.activity.SayHello"] {
                        transport.trouble = (queue, TroubledTransport.ChannelClosed())
                        let answer = try await http.ask(.get, "/api/v1/activities?unserved=true")
                        #expect(answer.status == 503 && answer["code"] == "unreachable", "\(answer.body)")
                        #expect(answer.headers[.retryAfter] == "5")
                        let queues = try await http.ask(.get, "/api/v1/queues")
                        #expect(queues.status == 503, "\(queues.body)")
                    }
                    transport.trouble = ("test.dead", TroubledTransport.ChannelClosed())
                    let letters = try await http.ask(.get, "/api/v1/dead-letters")
                    #expect(letters.status == 503 && letters["code"] == "unreachable", "\(letters.body)")
                    // A queue that goes away while it is looked at has no worker.
                    transport.trouble = ("test.activity.SayHello", MessagingError(.missing, "There is none."))
                    let answer = try await http.ask(.get, "/api/v1/activities?unserved=true")
                    #expect(answer["activities"]?[0]?["name"] == "SayHello", "\(answer.body)")
                    #expect(answer["activities"]?[0]?["served"] == false)
                    transport.trouble = nil
                    let served = try await http.ask(.get, "/api/v1/activities?unserved=false")
                    #expect(served.status == 200 && served["activities"]?[0]?["name"] == "SayHello")
                }
            } afterwards: {
                await client.close()
            }
        }
    }

    @Test("Dead letters are listed, shown, published again and removed")
    func deadLetters() async throws {
        try await APIBench.running { bench in
            #expect(try await bench.get("/dead-letters")["letters"] == [])
            // Starts of an orchestration that nobody knows, from a publisher that waits for no answer.
            for number in 0..<2 {
                let message = OutboundMessage(
                    exchange: "test.start", routingKey: "Nobody",
                    properties: MessageProperties(
                        contentType: "application/json", headers: ["warren-hold-ms": .int64(0)],
                        messageID: "m\(number)"), body: Array("{\"n\":\(number)}".utf8))
                _ = try await bench.transport.outcomes(of: [message])
            }
            try await untilSeen("two dead letters") { try await bench.get("/dead-letters")["waiting"] == 2 }
            let list = try await bench.get("/dead-letters?reason=unknown-orchestration")
            guard case .array(let letters)? = list["letters"] else { return #expect(Bool(false), "\(list.body)") }
            #expect(letters.count == 2)
            #expect(letters.first?["body"] == nil)
            let id = try #require(letters.first?["id"]?.stringValue)
            let shown = try await bench.get("/dead-letters/\(id)")
            #expect(shown["body"]?.stringValue?.hasPrefix("{\"n\":") == true)
            #expect(try await bench.get("/dead-letters/0123456789").status == 404)
            #expect(try await bench.get("/dead-letters/UPPER").status == 400)
            for body in ["{}", #"{"ids":[]}"#, #"{"all":false}"#, #"{"all":true,"reason":"x"}"#, #"{"ids":["nope"]}"#] {
                #expect(try await bench.post("/dead-letters/redrive", body).status == 400, "\(body)")
            }
            let again = try await bench.post("/dead-letters/redrive", #"{"ids":["\#(id)"]}"#)
            #expect(again["letters"]?[0]?["outcome"] == "refused", "\(again.body)")
            try await untilSeen("two dead letters again") { try await bench.get("/dead-letters")["waiting"] == 2 }
            #expect(try await bench.post("/dead-letters/purge", #"{"all":true}"#)["purged"] == 2)
            #expect(try await bench.get("/dead-letters")["waiting"] == 0)
        }
    }
}
#endif
