import TestSupport
import Testing

/// Every test that needs a RabbitMQ. They run one after another: some of them stop it.
///
/// In CI a missing broker is a failure; elsewhere these tests are skipped.
@Suite(
    "With a broker", .serialized, .timeLimit(.minutes(5)),
    .enabled(
        if: TestBroker.isAvailable, TestBroker.remedy))
struct BrokerTests {}
