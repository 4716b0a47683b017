import AMQP

extension AMQPTransport {
    /// The number of records that the broker sends ahead of a reader. A journal's may have 1 MiB each.
    private static let tailPrefetch = 100

    /// The time for which a stream that the broker knows may be unreadable: while a new leader is found, or a started
    /// node reads its files.
    private static let recovery = Duration.seconds(60)
    /// The time for which a broker may not know a stream that it knew before.
    private static let oblivion = Duration.seconds(2)

    package func tail(_ stream: String, from start: StreamStart) async throws -> any MessageSubscription {
        let place = StreamPlace(start)
        var options = options(prefetch: Self.tailPrefetch)
        options.renewedArguments = { place.arguments }
        options.delivered = { place.arrived($0) }
        // A partition waits for it.
        options.mostPause = .seconds(1)
        options.patience = { error, isFirst in
            switch error.code {
            case .notFound where error.saysThatThereIsNone: isFirst ? .zero : Self.oblivion
            case .notFound: Self.recovery
            case .preconditionFailed where error.saysThatItIsNoStream: .zero
            case .preconditionFailed where !isFirst || error.isAboutReplica: Self.recovery
            default: nil
            }
        }
        do {
            return AMQPStreamSubscription(try await consuming.subscribe(stream, options: options), place: place)
        } catch let error as AMQPError {
            throw MessagingError.explaining(error, aboutStream: stream)
        }
    }

    package func deleteQueue(_ queue: String) async throws {
        do {
            try await consuming.withChannel { channel in _ = try await channel.deleteQueue(queue) }
        } catch let error as AMQPError {
            if error.code == .notFound && error.saysThatThereIsNone { return }
            throw MessagingError.explaining(error, about: "queue '\(queue)'")
        }
    }
}

extension MessagingError {
    static func explaining(_ error: AMQPError, aboutStream stream: String) -> any Error {
        guard error.code == .preconditionFailed else { return explaining(error, about: "stream '\(stream)'") }
        if error.saysThatItIsNoStream { return noStream(stream, error.message) }
        return MessagingError(
            .interrupted,
            "The stream '\(stream)' cannot be read on this node of the broker: \(error.message). Use the address of a "
                + "node that has a replica of it.")
    }

    static func noStream(_ queue: String, _ reason: String) -> MessagingError {
        MessagingError(
            .unsupported,
            "The queue '\(queue)' is no stream: \(reason). Delete it, so that it can be declared as a stream, or use "
                + "another hub name.")
    }
}

extension AMQPError {
    /// Whether the broker has no such object. It answers 404 also for a queue that it knows and cannot reach.
    var saysThatThereIsNone: Bool { message.contains("NOT_FOUND - no ") }

    /// Whether the broker refuses the place to begin at, which only streams have.
    fileprivate var saysThatItIsNoStream: Bool { message.contains(StreamPlace.header) }

    fileprivate var isAboutReplica: Bool { message.contains("replica") }
}
