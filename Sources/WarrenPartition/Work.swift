package import AMQPMessages
package import Warren
package import WarrenMessaging

/// A piece of work for a partition. Its size is that of its largest case, so that large and rare ones stand apart.
package enum Work: Sendable {
    case command(Command)
    /// A work item of an activity that found no queue for too long.
    indirect case undeliverable(TaskToken, FailureDetails)
    /// A message of this partition that cannot be sent.
    indirect case unsendable(UnsendableMessage)
    /// An instance, given by its key, that a reader could not read.
    case damaged(Int64)
    /// A message without a meaning that we understand.
    indirect case refused(Refusal)
    /// A message that is to have no other effect than its refusal.
    indirect case refuse(RefuseMessage)
    indirect case fail(FailInstance)
    /// An alarm that is due.
    case alarm(AlarmQueue.Subject)
    /// A held message that is not to be applied any more.
    case dropHeld(Int64)
    /// An instance that may wait for something that rows stood for which were set aside.
    case mend(Int64, DamageFindings.Sweep)
    /// A held message with an existing subject.
    indirect case release(HeldEntry, beginning: Int64?)
    /// A command that waited, with the message that carried it.
    indirect case held(Command, source: InboundMessage?, beginning: Int64?)
    indirect case purge(PurgeRow)
    indirect case answerPurge(AnswerPurge)
    /// An instance with an unreadable row or history.
    indirect case failDamaged(Int64, reason: String)
    /// An instance, given by its key, that may wait for a version which this host runs.
    case serve(Int64)
    /// An instance that a check has found not to agree with the code.
    indirect case park(ParkInstance)
    /// An entity that may go on, given by its ID.
    case runEntity(String)
    /// The outcomes of operations of an entity.
    indirect case operationsEnded(EntityRunEnd)
    /// The answer of an executor for an episode.
    indirect case episodeEnded(EpisodeEnd)

    /// Hands the command inside to a visitor. There is one line for each kind.
    func visit<Visitor: CommandVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        switch self {
        case .command(let command), .held(let command, _, _): try command.visit(&visitor)
        case .undeliverable(let token, let failure):
            try visitor.visit(FailUndeliverable(token: token, failure: failure))
        case .unsendable(let unsendable): try visitor.visit(AnswerUnsendable(unsendable: unsendable))
        case .damaged(let key): try visitor.visit(CheckInstance(instance: key))
        case .refused(let refusal): try visitor.visit(RefuseUnreadable(refusal: refusal))
        case .refuse(let refusing): try visitor.visit(refusing)
        case .fail(let failing): try visitor.visit(failing)
        case .alarm(.timer(let key)) where key.id == TimerRow.Key.episode: try visitor.visit(DispatchAgain(key: key))
        case .alarm(.timer(let key)) where key.isTaskDeadline: try visitor.visit(TimeOutTask(key: key))
        case .alarm(.timer(let key)): try visitor.visit(FireTimer(key: key))
        case .alarm(.lease(let key)): try visitor.visit(ExpireLease(key: key))
        case .alarm(.permits(let activity)): try visitor.visit(KeepPermits(activity: activity))
        case .alarm(.held(let id)): try visitor.visit(ExpireHeld(id: id))
        case .dropHeld(let id): try visitor.visit(DropHeld(id: id))
        case .mend(let key, let what): try visitor.visit(MendInstance(instance: key, what: what))
        case .release(let entry, let beginning): try visitor.visit(ReleaseHeld(entry: entry, beginning: beginning))
        case .purge(let row): try visitor.visit(row)
        case .answerPurge(let answer): try visitor.visit(answer)
        case .serve(let key): try visitor.visit(ServeInstance(instance: key))
        case .park(let parking): try visitor.visit(parking)
        case .runEntity(let instanceID): try visitor.visit(RunEntity(instanceID: instanceID))
        case .operationsEnded(let end): try visitor.visit(EndOperations(end: end))
        case .episodeEnded: break  // It has the machine do something: see `PartitionMachine.finish`.
        case .failDamaged(let key, let reason): try visitor.visit(FailDamaged(instance: key, reason: reason))
        }
    }
}

extension Command {
    /// Hands the command inside to a visitor.
    func visit<Visitor: CommandVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        switch self {
        case .start(let command): try visitor.visit(command)
        case .raise(let command): try visitor.visit(command)
        case .control(let command): try visitor.visit(command)
        case .update(let command): try visitor.visit(command)
        case .purge(let command): try visitor.visit(command)
        case .childCompleted(let command): try visitor.visit(command)
        case .workResult(let result): try visitor.visit(result)
        case .query(let command): try visitor.visit(command)
        case .limits(let command): try visitor.visit(command)
        case .permit(let command): try visitor.visit(command)
        }
    }
}

/// Does something with a command of any kind.
protocol CommandVisitor {
    associatedtype Failure: Error
    mutating func visit<Asked: PartitionCommand>(_ command: Asked) throws(Failure)
}

// MARK: - What commands say of themselves

private struct SubjectReading: CommandVisitor {
    var subject: String?
    mutating func visit<Asked: PartitionCommand>(_ command: Asked) throws(Never) { subject = command.crashSubject }
}

private struct HashReading: CommandVisitor {
    var hash: UInt64 = 1
    mutating func visit<Asked: PartitionCommand>(_ command: Asked) throws(Never) { hash = command.crashHash }
}

private struct ContextReading: CommandVisitor {
    var context = CommandContext()
    mutating func visit<Asked: PartitionCommand>(_ command: Asked) throws(Never) { context = command.context }
}

extension Work {
    /// The instance, or the message, to which a death of the process during this work is attributed; `nil` if it runs
    /// no code.
    package var crashSubject: String? {
        var reading = SubjectReading()
        visit(&reading)
        return reading.subject
    }

    /// A hash that distinguishes it from other work for the same subject: the same in every process; never 0.
    package var crashHash: UInt64 {
        if case .alarm(let subject) = self { return subject.crashHash }
        var reading = HashReading()
        visit(&reading)
        return reading.hash
    }

    /// The address for the reply to the sender of the request.
    var reply: ReplyAddress? {
        var reading = ContextReading()
        visit(&reading)
        return reading.context.reply
    }

    /// Whether it changes nothing, or nothing that any caller waits for: it is never worth a host, however often it is
    /// sent.
    package var isQuestion: Bool {
        if case .command(let command) = self { command.isQuestion } else { false }
    }
}

extension Command {
    package var context: CommandContext {
        var reading = ContextReading()
        visit(&reading)
        return reading.context
    }

    package var crashSubject: String? { Work.command(self).crashSubject }

    /// See ``Work/isQuestion``.
    package var isQuestion: Bool {
        switch self {
        case .query, .purge: true
        case .limits(let command): command.change == nil
        case .permit: false
        case .start, .raise, .control, .update, .childCompleted, .workResult: false
        }
    }
}
