import AMQPMessages
import Testing
import Warren
import WarrenMessaging

@testable import WarrenPartition

@Suite("Work items beside their messages", .timeLimit(.minutes(1)))
struct CarriedItemsTests {
    private func item(_ number: Int) -> CarriedWork {
        CarriedWork(
            WorkItem(
                activity: "Work", input: .null,
                token: TaskToken(partition: 0, instanceID: "i", executionID: "e", taskID: number), orchestration: "O"),
            correlationID: "c\(number)")
    }

    private func messages(_ numbers: [Int]) -> [OutboxMessage] {
        numbers.map {
            .encoded(
                OutboundMessage(
                    routingKey: "Work", properties: MessageProperties(correlationID: $0 < 0 ? nil : "c\($0)")))
        }
    }

    @Test("Each message of a row has its own item, over several rows, and other messages have none")
    func places() {
        var items = CarriedItems()
        for number in 1...4 { items.add(item(number)) }
        #expect(items.take(for: messages([-1, 1, 2])).map { $0?.item.token.taskID } == [nil, 1, 2])
        #expect(items.take(for: messages([3, -1])).map { $0?.item.token.taskID } == [3, nil])
        #expect(items.take(for: messages([4])).map { $0?.item.token.taskID } == [4])
        #expect(items.take(for: messages([5, 6])).isEmpty)
    }

    @Test("A message in another place than its item has none, rather than another's")
    func disorder() {
        var items = CarriedItems()
        for number in 1...3 { items.add(item(number)) }
        #expect(items.take(for: messages([2, 1, 3])).map { $0?.item.token.taskID } == [nil, 1, nil])
        #expect(items.take(for: messages([2])).map { $0?.item.token.taskID } == [2])
    }
}
