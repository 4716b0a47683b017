import AMQPMessages
import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition

@testable import WarrenHost

/// A partition that takes what the test lets it take, and a broker that has every message at once.
struct IntakeBench {
    let names: TaskHubName
    let mailbox = PartitionMailbox()
    let transport = SafeTransport()
    let subscription = RecordingSubscription()
    let wire: DetourWire
    let intake: PartitionIntake
    private let memory: Memory

    final class Memory: Sendable {
        let values = Mutex<[Bool]>([])
    }

    init(
        limit: Int, isDetoured: Bool = false, hasMailbox: Bool = true, tenure: PartitionIntake.Tenure = .lasting
    ) throws {
        names = try TaskHubName("h")
        let configuration = HostConfiguration(hub: "h", partitionCount: 2)
        let logger = LogLines().logger
        let keys = PartitionKeys(partitionCount: 2)
        keys.add(0, secret: Array(repeating: 7, count: 32))
        wire = DetourWire(
            names: names,
            wire: PartitionWire(names: names, configuration: configuration, keys: keys))
        let memory = Memory()
        self.memory = memory
        intake = PartitionIntake(
            partition: 0, mailbox: hasMailbox && tenure == .lasting ? mailbox : nil, tenure: tenure, limit: limit,
            isDetoured: isDetoured, wire: wire,
            publisher: ReliablePublisher(transport: transport, clock: SystemHostClock(), logger: logger),
            remember: { value in memory.values.withLock { $0.append(value) } }, logger: logger)
    }

    var memories: [Bool] { memory.values.withLock { $0 } }

    func input(_ number: Int) -> PartitionInput {
        let command = StartCommand(name: "Echo", instanceID: "\(number)", input: Payload(json: "\(number)"))
        let tag = DeliveryTag(channel: 1, number: UInt64(number))
        var input = PartitionInput(
            .command(.start(command)), receipt: .intake(subscription, tag, intake.share),
            source: InboundMessage(exchange: "h.start", routingKey: "Echo", tag: tag, body: Array("\(number)".utf8))
        )
        input.isIntake = true
        return input
    }

    func receive(_ numbers: ClosedRange<Int>, at time: ContinuousClock.Instant) {
        intake.receive(numbers.map(input), at: time)
    }

    /// The IDs of what the partition finds.
    func found() -> [Int] { found(in: mailbox) }

    func found(in mailbox: PartitionMailbox) -> [Int] { mailbox.take(most: 1000).compactMap { number(of: $0) } }

    private func number(of input: PartitionInput) -> Int? {
        if case .command(.start(let start)) = input.kind { Int(start.instanceID) } else { nil }
    }

    /// What was published: numbers of messages, and markers as negative numbers.
    func published() -> [Int] {
        transport.published.all.compactMap { message in
            let inbound = InboundMessage(
                exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
                body: message.body)
            switch wire.decode(inbound) {
            case .input(.start(let start), _): return Int(start.instanceID)
            case .marker(let number, _): return -number
            default: return nil
            }
        }
    }

    var acknowledged: [Int] { subscription.acknowledged.all.map { Int($0.number) } }
}
