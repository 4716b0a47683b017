import Testing

@testable import Warren

/// An execution that goes on from the history of a former one.
@Suite("Rewound histories", .timeLimit(.minutes(1)))
struct RewoundHistoryTests {
    private static let rewound = ExecutionRewound(
        instanceID: "instance-1", executionID: "execution-2", formerExecutionID: "execution-1",
        parent: ParentInstance(name: "P", instanceID: "p", executionID: "pe", taskID: 3), reason: "why",
        beforeEvent: 7)

    @Test("The event is stored, exported and read again, with and without its options")
    func codec() throws {
        let bare = ExecutionRewound(instanceID: "i", executionID: "e2", formerExecutionID: "e1")
        for event in [HistoryEvent.executionRewound(Self.rewound), .executionRewound(bare)] {
            #expect(try HistoryCodec.decode(HistoryCodec.encode([event])) == [event])
            #expect(try HistoryEvent.history(json: Payload(json: "[\(event.jsonObject)]")) == [event])
        }
        #expect(
            HistoryEvent.executionRewound(bare).jsonObject.json
                == #"{"executionID":"e2","formerExecutionID":"e1","instanceID":"i","type":"ExecutionRewound"}"#)
        // Stored histories depend on these bytes.
        #expect(HistoryCodec.encode([.executionRewound(bare)]) == [1, 20, 1, 105, 2, 101, 50, 2, 101, 49, 0, 0, 0])
    }

    @Test("What is asked for from there on has the new execution's IDs; what was recorded keeps its own")
    func childIDs() throws {
        let child = Orchestration<Int, Int>("Child")
        let functions = FunctionRegistry()
        functions.register(Orchestration<Void, [String]>("Parent")) { context, _ in
            let before = context.executionID
            let first = try await context.call(child, 1)
            let second = try await context.call(child, first)
            return [before, context.executionID, "\(second)"]
        }
        let host = ScriptedHost(functions, "Parent", mode: .evicting)
        host.start()
        host.episode([
            .executionRewound(Self.rewound), .subOrchestrationCompleted(id: 0, result: "2"),
        ])
        guard case .subOrchestrationCreated(_, _, let firstID, _, _)? = host.actions.first,
            case .subOrchestrationCreated(_, _, let secondID, _, _)? = host.actions.last
        else {
            Issue.record("There are no two children: \(host.actions)")
            return
        }
        #expect(firstID == "execution-1:0")
        #expect(secondID == "execution-2:1")
        host.episode([.subOrchestrationCompleted(id: 1, result: "3")])
        #expect(host.output == #"["execution-1","execution-2","3"]"#)
        #expect(ReplayTester(functions: functions).fault(in: host.history) == nil)
    }

    @Test("It takes effect for an instance that is suspended, whose other events wait")
    func suspended() {
        let functions = FunctionRegistry()
        functions.register(Orchestration<Void, String>("Waits")) { context, _ in
            _ = try await context.wait(for: ExternalEvent<Int>("Go"))
            return context.executionID
        }
        let host = ScriptedHost(functions, "Waits", mode: .evicting)
        host.start([.executionSuspended(reason: nil)])
        host.episode([.executionRewound(Self.rewound), .eventRaised(name: "Go", input: "1")])
        #expect(host.completion == nil)
        host.episode([.executionResumed(reason: nil)])
        #expect(host.output == #""execution-2""#)
    }
}
