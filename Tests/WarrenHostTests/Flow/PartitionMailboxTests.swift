import AMQPMessages
import Testing
import Warren
import WarrenMessaging
import WarrenPartition

@testable import WarrenHost

@Suite("A partition's mailbox")
struct PartitionMailboxTests {
    private func input(_ name: String, isIntake: Bool) -> PartitionInput {
        var input = PartitionInput(.command(.start(StartCommand(name: name, instanceID: name))))
        input.isIntake = isIntake
        return input
    }

    private func names(_ inputs: [PartitionInput]) -> [String] {
        inputs.map { input in
            guard case .command(.start(let command)) = input.kind else { return "?" }
            return command.name
        }
    }

    @Test("What is from outside is set aside while none is taken, and comes first and in order afterwards")
    func order() {
        let mailbox = PartitionMailbox()
        mailbox.add([input("a", isIntake: true), input("1", isIntake: false), input("b", isIntake: true)])
        #expect(names(mailbox.take(most: 10, intake: false)) == ["1"])
        #expect(mailbox.isEmpty, "who stops does not wait for what is set aside")
        mailbox.add([input("c", isIntake: true), input("2", isIntake: false)])
        #expect(names(mailbox.take(most: 3)) == ["a", "b", "c"])
        #expect(names(mailbox.take(most: 3)) == ["2"])
    }

    @Test("What is put back comes before what was set aside")
    func putBack() {
        let mailbox = PartitionMailbox()
        mailbox.add([input("a", isIntake: true), input("b", isIntake: true)])
        let taken = mailbox.take(most: 1)
        #expect(mailbox.take(most: 10, intake: false).isEmpty)
        mailbox.putBack(taken)
        #expect(names(mailbox.take(most: 10)) == ["a", "b"])
    }

    @Test("What is taken together has a bound in bytes, in any order of kinds; one input is always taken")
    func bytes() {
        let mailbox = PartitionMailbox()
        func large(_ name: String, isIntake: Bool) -> PartitionInput {
            var input = PartitionInput(
                .command(.start(StartCommand(name: name, instanceID: name))),
                source: InboundMessage(exchange: "", routingKey: "", body: [UInt8](repeating: 0, count: 600)))
            input.isIntake = isIntake
            return input
        }
        mailbox.add([large("a", isIntake: true), large("1", isIntake: false), large("2", isIntake: false)])
        mailbox.add([large("3", isIntake: false)])
        #expect(names(mailbox.take(most: 10, bytes: 1000, intake: false)) == ["1", "2"])
        #expect(names(mailbox.take(most: 10, bytes: 1)) == ["a"])
        #expect(names(mailbox.take(most: 10, bytes: 1000)) == ["3"])
    }
}
