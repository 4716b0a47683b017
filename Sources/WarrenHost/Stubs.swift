import Warren
import WarrenMessaging
import AMQP
import Logging
struct IntakeDecoder: Sendable { init(hub: TaskHubName) {}
 func command(from: InboundMessage) -> Result<Command, Refusal> { fatalError() }
 func replyAddress(of: InboundMessage) -> ReplyAddress? { nil } }
struct TokenSigner: Sendable { init(secret: [UInt8]) {}; func verify(_ s: String) -> TaskToken? {nil} }
struct PartitionCodec: Sendable { init(hub: TaskHubName, signer: TokenSigner) {}
 func encode(_ c: Command, partition: Int) -> OutboundMessage { fatalError() }
 func decode(_ m: InboundMessage) -> Result<Command, Refusal> { fatalError() } }
struct WorkCall: Sendable { var item: WorkItem; var replyTo: String; var deliveries: Int }
struct WorkItemCodec: Sendable { init(hub: TaskHubName, signer: TokenSigner) {}; init(hub: TaskHubName) {}
 func encode(_ i: WorkItem, replyTo: String) -> OutboundMessage { fatalError() }
 func decode(_ m: InboundMessage) -> Result<WorkCall, Refusal> { fatalError() } }
struct WorkResultCodec: Sendable { init(hub: TaskHubName) {}; func encode(_ o: WorkResult.Outcome, of: WorkCall) -> OutboundMessage { fatalError() } }
struct LifecycleCodec { init(hub: TaskHubName) {}; func encode(_ m: LifecycleMessage) -> OutboundMessage { fatalError() } }
struct ConsoleCodec { init(hub: TaskHubName) {}; func encode(_ m: ConsoleMessage) -> OutboundMessage { fatalError() } }
enum ReplyCodec { static func encode(_ m: ReplyMessage) -> OutboundMessage { fatalError() } }
struct DeadLetterCodec { init(hub: TaskHubName) {}; func encode(_ m: InboundMessage, _ r: Refusal, partition: Int?, at: Timestamp) -> OutboundMessage { fatalError() } }
enum OutboxCodec { static func encode(_ m: [OutboundMessage]) -> [UInt8] { fatalError() }; static func decode(_ b: [UInt8]) throws -> [OutboundMessage] { fatalError() } }
struct InstanceListReply: Codable { var instances: [OrchestrationStatus]; var next: InstanceQuery.Cursor? }
struct HubDescription: Codable { var hub: String; var partitionCount: Int; var orchestrations: [String]; var activities: [String]; var version: String }
enum AMQPTransport { static func connect(_ c: AMQPConfiguration, logger: Logger) async throws -> any MessageTransport { fatalError() } }
extension HistoryEvent { var jsonObject: Payload { .null } }
