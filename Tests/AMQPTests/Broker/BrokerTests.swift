import Testing

/// Every test that needs a RabbitMQ. They run one after another: some of them stop it.
///
/// In CI a missing broker is a failure; elsewhere these tests are skipped.
@Suite(
    "With a broker", .serialized, .timeLimit(.minutes(2)),
    .enabled(
        if: TestBroker.url != nil || TestBroker.isCI,
        "needs a RabbitMQ: scripts/test starts one, or set WARREN_BROKER_URL=amqp://guest:guest@127.0.0.1:5672/"))
struct BrokerTests {}
