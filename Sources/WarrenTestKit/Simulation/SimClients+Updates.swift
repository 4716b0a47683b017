import AMQPMessages
import Warren
import WarrenMessaging

extension SimClients {
    static func updateID(_ root: SimPlan.Root, _ number: Int) -> String { "update-\(root.id)-\(number)" }

    private static let mostAttempts = 100

    /// Sends an update under one message ID until it is answered: its answer may be lost, and the instance may be suspended.
    func update(_ root: SimPlan.Root, _ number: Int, _ attempt: Int = 1) {
        let id = Self.updateID(root, number)
        let name = number % 2 == 0 ? SimProgram.updateName : SimProgram.slowUpdateName
        var message = encoder.update(
            UpdateCommand(instanceID: root.id, name: name, input: Payload(json: "\"\(id)\"")),
            ids: .init(messageID: id, correlationID: "c-\(id)"))
        // What is refused becomes a dead letter, so that the checker sees that it is not lost.
        message.properties.headers[WireHeader.refuse] = nil
        publish(message)
        // Later and later: a clock that is put back delays a program by an hour.
        world.after(5_000_000 * Int64(attempt)) { [self] in
            let isAnswered = (ledger.replies["c-\(id)"] ?? []).contains { $0.status == .answered }
            if !isAnswered, attempt < Self.mostAttempts { update(root, number, attempt + 1) }
        }
    }
}
