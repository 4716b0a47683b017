import ArgumentParser

/// What carries the messages of a run.
enum TransportKind: String, Sendable, CaseIterable, ExpressibleByArgument {
    case rabbitMQ = "rabbitmq"
    case inProcess = "in-process"
}
