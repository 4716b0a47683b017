import AMQPMessages
import Logging
import Synchronization
import TestSupport
import Testing
import Warren
import WarrenMessaging

@testable import WarrenHost

/// Starts and events of other programs with bodies above the usual bound.
@Suite("Large bodies at the intake", .timeLimit(.minutes(1)))
struct LargeIntakeTests {
    private let hub: TaskHubName
    private let lines = LogLines()

    init() throws { hub = try TaskHubName("large") }

    private func intake(_ store: KeptPayloads) -> LargeIntake {
        LargeIntake(
            claims: ClaimCheck(store), decoder: IntakeDecoder(hub: hub), clock: SystemHostClock(),
            logger: lines.logger)
    }

    private func message(
        to exchange: String, _ key: String, type: String? = WireContentType.json, headers: FieldTable = [:],
        body: String
    ) -> InboundMessage {
        InboundMessage(
            exchange: exchange, routingKey: key,
            properties: MessageProperties(contentType: type, headers: headers, messageID: "m1"), body: Array(body.utf8))
    }

    private static let value = "\"\(String(repeating: "x", count: 1 << 20))\""

    @Test("A start and an event have the reference in the place of their value, and so has the message that is kept")
    func stored() async throws {
        let store = KeptPayloads()
        let intake = intake(store)
        #expect(!intake.isFor(message(to: hub.startExchange, "Bill", body: "{}")))
        let start = message(to: hub.startExchange, "Bill", body: Self.value)
        #expect(intake.isFor(start))
        let read = try #require(await intake.read(start, stop: StopFlag()))
        guard case .start(let command) = try read.reading.get().commands.first else {
            Issue.record("\(read.reading)")
            return
        }
        let reference = PayloadReference(of: Array(Self.value.utf8))
        #expect(PayloadReference(command.input) == reference)
        #expect(store.kept == [command.instanceID: [reference.digest]])
        // The letter of a start that is refused later can be redriven: it names the instance, and is JSON.
        #expect(read.message.body == command.input.bytes)
        #expect(read.message.properties.headers[WireHeader.instanceID]?.string == command.instanceID)
        guard case .start(let again) = try IntakeDecoder(hub: hub).command(from: read.message).get() else {
            Issue.record("The message that is kept is no start.")
            return
        }
        #expect(again.input == command.input && again.instanceID == command.instanceID && again.name == "Bill")

        // Text becomes a JSON string, and a delivery that is repeated leads to the same.
        let event = message(
            to: hub.eventExchange, "order-1/Paid", type: "text/plain", body: String(repeating: "ä", count: 600_000))
        for _ in 0..<2 {
            let read = try #require(await intake.read(event, stop: StopFlag()))
            guard case .raise(let raise) = try read.reading.get().commands.first else {
                Issue.record("\(read.reading)")
                return
            }
            #expect(PayloadReference(raise.payload)?.bytes == 1_200_002)
            #expect(store.kept["order-1"]?.count == 1)
            #expect(read.message.properties.contentType == WireContentType.json)
        }
    }

    @Test("Everything else keeps the usual bound, and the refusal says what may be larger and how it is sent")
    func refused() async throws {
        let store = KeptPayloads()
        let intake = intake(store)
        func refusal(_ message: InboundMessage) async throws -> Refusal {
            let read = try #require(await intake.read(message, stop: StopFlag()))
            #expect(read.message.body.count == message.body.count)
            guard case .failure(let refusal) = read.reading else {
                throw Refusal(.unanswerable, "It was taken: \(read.reading)")
            }
            return refusal
        }
        let cases: [(InboundMessage, String)] = [
            (message(to: hub.controlExchange, "order-1/terminate", body: Self.value), "neither a start nor an event"),
            (message(to: hub.entityExchange, "Bank/alice/deposit", body: Self.value), "neither a start nor an event"),
            (
                message(
                    to: "", hub.intakeQueue, type: "application/vnd.warren+json",
                    body: #"{"op":"start","name":"Bill","input":\#(Self.value)}"#), "the value itself as the body"
            ),
            (
                message(
                    to: hub.startExchange, "Bill", type: "application/cloudevents-batch+json",
                    body: #"[{"type":"a","data":\#(Self.value)},{"type":"a","data":1}]"#), "messages of their own"
            ),
        ]
        for (message, words) in cases {
            let refusal = try await refusal(message)
            #expect(refusal.reason == .tooLarge && refusal.detail.contains(words), "\(refusal)")
            #expect(refusal.detail.contains("at most 1048576"), "\(refusal)")
        }
        let broken = try await refusal(message(to: hub.startExchange, "Bill", body: Self.value + ","))
        #expect(broken.reason == .invalidJSON)
        var huge = message(to: hub.startExchange, "Bill", body: "")
        huge.body = [UInt8](repeating: UInt8(ascii: "1"), count: ClaimCheck.mostBytes + 1)
        let most = try await refusal(huge)
        #expect(most.reason == .tooLarge && most.detail.contains("at most 67108864"), "\(most)")
        #expect(store.kept.isEmpty)
    }

    @Test("While the folder cannot be used the message waits, and a host that stops leaves it to the next one")
    func waiting() async throws {
        let start = message(to: hub.startExchange, "Bill", body: Self.value)
        let once = KeptPayloads(failures: 1)
        let read = try #require(await intake(once).read(start, stop: StopFlag()))
        #expect(try read.reading.get().commands.count == 1 && once.kept.count == 1)
        #expect(lines.count(of: "A large message waits") == 1)

        let stop = StopFlag()
        let never = KeptPayloads(failures: .max) { stop.set() }
        #expect(await intake(never).read(start, stop: stop) == nil)
        #expect(never.kept.isEmpty)
    }

    @Test("The intake has few messages at once at first and after a large one, and more while they are small")
    func window() {
        var window = IntakeWindow(most: 100)
        #expect(window.current == 8)
        #expect(window.widen(after: 7) == nil)
        #expect(window.widen(after: 1) == 16)
        #expect(window.widen(after: 20) == 32)
        #expect(window.narrow(held: 0) == 8)
        #expect(window.narrow(held: 0) == nil)
        // A partition that takes nothing and holds many leaves room for those of the others.
        #expect(window.narrow(held: 60) == 68)
        #expect(window.widen(after: 8) == 100)
        #expect(window.widen(after: 200) == nil)
        #expect(window.narrow(held: 99) == nil)
        #expect(window.narrow(held: 3) == 11)
        var small = IntakeWindow(most: 3)
        #expect(small.current == 3 && small.narrow(held: 0) == nil && small.widen(after: 9) == nil)
    }

    @Test("Whatever a stuck partition holds, as many messages arrive as without large ones")
    func stuck() {
        for held in 0...100 {
            var window = IntakeWindow(most: 100)
            _ = window.narrow(held: held)
            var unsettled = held
            // Nothing is ever settled: the broker sends what the window has room for.
            while window.current > unsettled {
                let arrived = window.current - unsettled
                unsettled += arrived
                _ = window.widen(after: arrived)
            }
            #expect(unsettled == 100, "\(held)")
        }
    }
}

/// Knows which digests instances have. It may fail at first.
private final class KeptPayloads: PayloadStore {
    private let state: Mutex<(failures: Int, kept: [String: Set<String>])>
    private let failed: @Sendable () -> Void

    init(failures: Int = 0, failed: @escaping @Sendable () -> Void = {}) {
        state = Mutex((failures, [:]))
        self.failed = failed
    }

    var kept: [String: Set<String>] { state.withLock { $0.kept } }

    func put(_ payload: [UInt8], for instanceIDs: [String]) throws(PayloadStoreError) -> PayloadReference {
        let reference = PayloadReference(of: payload)
        let fails = state.withLock { state in
            guard state.failures == 0 else {
                state.failures -= 1
                return true
            }
            for id in instanceIDs { state.kept[id, default: []].insert(reference.digest) }
            return false
        }
        guard !fails else {
            failed()
            throw PayloadStoreError(.full, "No space left on device.")
        }
        return reference
    }

    func get(_ reference: PayloadReference, of instanceID: String) throws(PayloadStoreError) -> [UInt8] {
        throw PayloadStoreError(.missing, "Nothing is kept.")
    }

    func holdsAny(of instanceID: String) -> Bool { false }

    func remove(_ payloads: [String: Timestamp], of instanceID: String) throws(PayloadStoreError) {}

    func sweep(
        before time: Timestamp, needed: (_ instanceID: String, _ digests: Set<String>) throws -> Set<String>?
    ) throws -> Int { 0 }
}
