import Testing

@testable import Warren

/// Runs one orchestrator kept in memory and again evicted after every episode; both must do the same in everything that
/// can be seen. Returns the warm run.
@discardableResult
func everywhere<Input, Output>(
    _ orchestration: Orchestration<Input, Output>, _ input: JSONValue = .null,
    sourceLocation: SourceLocation = #_sourceLocation, _ drive: (ScriptedHost) -> Void = { $0.run() }
) -> ScriptedHost {
    let functions = FunctionRegistry()
    functions.register(orchestration)
    let hosts = ScriptedHost.Mode.allCases.map { mode in
        let host = ScriptedHost(functions, orchestration.name, input, mode: mode)
        host.activities = standardActivities
        host.children = standardActivities
        drive(host)
        return host
    }
    #expect(hosts[0].trace == hosts[1].trace, sourceLocation: sourceLocation)
    #expect(hosts[0].history == hosts[1].history, sourceLocation: sourceLocation)
    #expect(ReplayTester(functions: functions).fault(in: hosts[0].history) == nil, sourceLocation: sourceLocation)
    return hosts[0]
}

/// `Echo` returns its input, `Add` the sum of its inputs, `Fail` fails with its input as the type, `Never` is not
/// answered.
let standardActivities: [String: @Sendable (JSONValue) -> ScriptedHost.Answer?] = [
    "Echo": { .value($0) },
    "Double": { .value(.integer(($0.integerValue ?? 0) * 2)) },
    "Fail": { .failure(FailureDetails(type: $0.stringValue ?? "Failure", message: "as asked")) },
    "Fatal": { _ in .failure(FailureDetails(type: "Fatal", message: "for good", isNonRetriable: true)) },
    "Never": { _ in nil },
]

/// References to the standard activities.
enum Work {
    static let echo = Activity<String, String>("Echo")
    static let double = Activity<Int, Int>("Double")
    static let fail = Activity<String, String>("Fail")
    static let fatal = Activity<Void, Void>("Fatal")
    static let never = Activity<String, String>("Never")
    static let echoChild = Orchestration<String, String>("Echo")
    static let failChild = Orchestration<String, String>("Fail")
    static let go = ExternalEvent<Int>("Go")
    static let ping = ExternalEvent<Void>("Ping")
}
