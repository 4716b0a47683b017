import AMQPMessages
import Warren

@testable import WarrenMessaging

let testHub: TaskHubName = {
    do { return try TaskHubName("shop") } catch { fatalError("\(error)") }
}()

let testSigner = TokenSigner(secret: Array("secret of the tests".utf8))

extension InboundMessage {
    /// A message of an external publisher.
    static func from(
        _ exchange: String, _ key: String, _ body: String = "", _ properties: MessageProperties = .init()
    ) -> InboundMessage {
        InboundMessage(exchange: exchange, routingKey: key, properties: properties, body: Array(body.utf8))
    }
}

/// Values of every message that a hub knows.
enum Sample {
    static let time = Timestamp(microseconds: 1_772_366_400_250_000)
    static let token = TaskToken(partition: 3, instanceID: "order-42", executionID: "e1", taskID: 7)
    static let parent = ParentInstance(name: "Checkout", instanceID: "cart-1", executionID: "e0", taskID: 2)
    static let failure = FailureDetails(
        type: "CardDeclined", message: "no \"money\"", stack: "at Charge", inner: [.init(type: "IO", message: "gone")],
        isNonRetriable: true)
    static let context = CommandContext(
        messageKey: "start/Billing/order-42//m-1", bodyHash: -77,
        reply: .init(queue: "reply.web", correlationID: "c-1", mode: .both), userID: "web")

    static let commands: [(name: String, command: Command)] = [
        (
            "partition-start",
            .start(
                StartCommand(
                    name: "Billing", instanceID: "order-42", input: Payload(json: #"{"order":42}"#), ifExists: .restart,
                    startAt: time, tags: ["tenant": "a", "region": "eu"], parent: parent, context: context))
        ),
        ("partition-start-plain", .start(StartCommand(name: "Billing", instanceID: "order-42"))),
        ("partition-start-version", .start(StartCommand(name: "Billing", instanceID: "order-42", version: "2.0"))),
        (
            "partition-raise",
            .raise(
                RaiseCommand(
                    instanceID: "order-42", eventName: "Approved", payload: Payload(json: "true"), context: context))
        ),
        (
            "partition-control",
            .control(
                ControlCommand(
                    instanceID: "order-42", verb: .terminate, reason: "customer \"left\"\n", context: context))
        ),
        (
            "partition-update",
            .update(
                UpdateCommand(
                    instanceID: "order-42", name: "addItem", input: Payload(json: #"{"sku":7}"#), context: context))
        ),
        (
            "partition-query-state",
            .query(
                QueryCommand(
                    .state(
                        instanceID: "order-42", StateQuestion(name: "remaining", input: Payload(json: #"{"shelf":1}"#))),
                    context: context))
        ),
        (
            "partition-control-purge",
            .control(ControlCommand(instanceID: "order-42", verb: .purge, parent: parent))
        ),
        (
            "partition-purge",
            .purge(
                PurgeCommand(
                    InstanceQuery(statuses: [.completed, .failed], createdTo: time, limit: 500), context: context))
        ),
        (
            "partition-limits",
            .limits(
                LimitsCommand(
                    .set(
                        "ChargeCard",
                        ActivityLimits(concurrency: 20, rate: RateLimit(100, per: .seconds(60), burst: 10)),
                        isOperators: true), context: context))
        ),
        (
            "partition-permit-request",
            .permit(PermitCommand(.request, "ChargeCard", of: token, priority: 7, fairnessKey: "acme"))
        ),
        ("partition-permit-grant", .permit(PermitCommand(.grant, "ChargeCard", of: token))),
        (
            "partition-permit-release",
            .permit(PermitCommand(.release, "ChargeCard", of: token, busyUntil: time))
        ),
        (
            "partition-child-completed",
            .childCompleted(ChildCompletedCommand(parent: parent, result: .completed(Payload(json: "[1,2]"))))
        ),
        (
            "partition-child-failed",
            .childCompleted(ChildCompletedCommand(parent: parent, result: .failed(failure), context: context))
        ),
        (
            "partition-query-status",
            .query(QueryCommand(.status(instanceID: "order-42", includeHistory: true), context: context))
        ),
        (
            "partition-query-statuses",
            .query(QueryCommand(.statuses(instanceIDs: ["order-42", "order-43"]), context: context))
        ),
        (
            "partition-query-watch",
            .query(
                QueryCommand(
                    .status(instanceID: "order-42", includeHistory: true), historyFrom: "3.0",
                    watch: HistoryWatch(executionID: "x-1", milliseconds: 15_000), context: context))
        ),
        ("partition-query-wait", .query(QueryCommand(.wait(instanceID: "order-42"), context: context))),
        (
            "partition-query-list",
            .query(
                QueryCommand(
                    .list(
                        InstanceQuery(
                            name: "Billing", statuses: [.running], tag: .init(key: "tenant", value: "a"), limit: 10,
                            after: .init(createdAt: time, instanceID: "order-1"))), context: context))
        ),
        ("partition-query-describe", .query(QueryCommand(.describe, context: context))),
        ("partition-query-damaged", .query(QueryCommand(.damaged, context: context))),
        (
            "partition-query-count",
            .query(
                QueryCommand(
                    .count(
                        InstanceCountQuery(
                            InstanceQuery(
                                name: "Billing", createdFrom: time, createdTo: time.advanced(by: .seconds(60))),
                            bucketMicroseconds: 1_000_000)), context: context))
        ),
        (
            "partition-result",
            .workResult(WorkResult(token: token, outcome: .completed(Payload(json: "{\"ok\":true}")), attempt: 2))
        ),
    ]

    static let workItem = WorkItem(
        activity: "Charge", input: Payload(json: "{\"amount\":1}"), token: token, orchestration: "Billing", attempt: 2,
        terms: TaskTerms(retryOf: 5))

    static let lifecycle = LifecycleMessage(
        instanceID: "order-42", executionID: "e1", name: "Billing", partition: 3, status: "Failed",
        sequence: 1_772_366_401_250_000, createdAt: time, lastUpdatedAt: time.advanced(by: .seconds(1)),
        customStatus: Payload(json: "{\"step\":2}"),
        failure: failure)

    static let console = ConsoleMessage(
        text: "charging 42 €\u{1B}[31m\nred", level: .warning, instanceID: "order-42", executionID: "e1",
        orchestration: "Billing", number: "c4", at: time)

    static let reply = ReplyMessage(
        address: .init(queue: "reply.web", correlationID: "c-1"), status: .completed, instanceID: "order-42",
        body: Payload(json: "42"))
}
