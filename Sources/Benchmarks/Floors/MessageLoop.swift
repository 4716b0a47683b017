/// A queue with a publisher and a consumer, for the floor of a hop. Used by one task.
protocol MessageLoop {
    /// Publishes so many persistent messages of 200 bytes.
    func send(_ count: Int)

    /// Waits for messages, acknowledges them, and says how many came.
    func receive() async throws -> Int

    /// Removes the queue and ends the connections.
    func close() async throws
}

extension MessageLoop {
    /// The time from publish to consumer, one message after the other.
    func sampleHops(_ count: Int) async throws -> [Double] {
        var samples: [Double] = []
        for _ in 0..<count {
            let start = Ticks.now
            send(1)
            var missing = 1
            while missing > 0 { missing -= try await receive() }
            samples.append(start.milliseconds())
        }
        return samples
    }

    /// How many messages per second pass with so many under way.
    func sampleRate(_ count: Int, window: Int) async throws -> Double {
        let start = Ticks.now
        var sent = min(count, window)
        var received = 0
        send(sent)
        while received < count {
            let batch = try await receive()
            received += batch
            let more = min(batch, count - sent)
            if more > 0 { send(more) }
            sent += more
        }
        return Double(count) / (start.milliseconds() / 1e3)
    }
}
