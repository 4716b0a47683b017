import Warren
import WarrenMessaging

extension SimClients {
    /// Creates a schedule, and sends its commands. Messages that are not confirmed are published again.
    func keep(_ schedule: SimSchedule) throws {
        let input = try Payload(encoding: schedule.schedule)
        world.after(schedule.at) { [self] in
            publish(
                encoder.start(
                    StartCommand(
                        name: ScheduleKeeper.keep.name, instanceID: schedule.instanceID, input: input,
                        ifExists: .restart),
                    reply: .accepted,
                    ids: .init(messageID: "start-\(schedule.id)", correlationID: "c-keep-\(schedule.id)")))
        }
        for (number, timed) in schedule.commands.enumerated() {
            let id = "\(timed.command.rawValue)-\(schedule.id)-\(number)"
            // Its ID tells the checker one command from another that asks for the same.
            let value = Payload(json: #"{"do":"\#(timed.command.rawValue)","id":"\#(id)"}"#)
            world.after(timed.at) { [self] in
                publish(
                    encoder.raise(
                        RaiseCommand(
                            instanceID: schedule.instanceID, eventName: ScheduleKeeper.commandEvent, payload: value),
                        reply: .none, ids: .init(messageID: id, correlationID: "c-\(id)")))
            }
        }
    }
}
