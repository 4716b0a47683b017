import AMQPMessages
import Testing

@testable import AMQP

@Suite("Putting messages together")
struct ContentAssemblerTests {
    private let start = ContentAssembler.Start.delivery(
        consumerTag: "c", tag: 1, isRedelivered: false, exchange: "", routingKey: "k")

    private enum Input: CaseIterable { case begin, header, emptyHeader, body }

    private func feed(_ input: Input, to assembler: inout ContentAssembler) -> ContentAssembler.Step {
        switch input {
        case .begin: assembler.begin(start)
        case .header: assembler.header(bodySize: 4, MessageProperties())
        case .emptyHeader: assembler.header(bodySize: 0, MessageProperties())
        case .body: [UInt8](arrayLiteral: 1, 2).withUnsafeBytes { assembler.body($0) }
        }
    }

    private func content(_ body: [UInt8]) -> ContentAssembler.Step {
        .complete(.init(start: start, properties: MessageProperties(), body: body))
    }

    @Test("Every frame in every state leads on, completes, or is a violation")
    func everyPair() {
        let states: [[Input]] = [[], [.begin], [.begin, .header], [.begin, .header, .body]]
        for (number, inputs) in states.enumerated() {
            for input in Input.allCases {
                var assembler = ContentAssembler(bodyLimit: 100)
                for input in inputs { #expect(feed(input, to: &assembler) == .more) }
                let step = feed(input, to: &assembler)
                switch (number, input) {
                case (0, .begin), (1, .header), (2, .body): #expect(step == .more)
                case (1, .emptyHeader): #expect(step == content([]))
                case (3, .body): #expect(step == content([1, 2, 1, 2]))
                default:
                    guard case .violation = step else {
                        Issue.record("\(input) in state \(number) gave \(step)")
                        continue
                    }
                }
            }
        }
    }

    @Test("A body longer than announced, or announced over the limit, is a violation")
    func lengths() {
        var assembler = ContentAssembler(bodyLimit: 100)
        _ = assembler.begin(start)
        #expect(assembler.header(bodySize: 101, .init()) == .violation("a body of 101 bytes is over the limit of 100"))
        assembler = ContentAssembler(bodyLimit: 100)
        _ = assembler.begin(start)
        _ = assembler.header(bodySize: 1, .init())
        #expect(feed(.body, to: &assembler) == .violation("a body is longer than announced"))
    }
}
