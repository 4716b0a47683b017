package import Warren

/// A step of a random program.
package indirect enum SimOp: Sendable, Hashable {
    case call
    /// An activity that fails; the program continues.
    case failingCall
    case fan(Int)
    /// An activity with time limits, which may run out.
    case limited(milliseconds: Int)
    /// An activity that is cancelled if it does not end in time.
    case canceled(milliseconds: Int)
    case child([SimOp])
    case sleep(milliseconds: Int)
    case wait(event: String)
    /// An event, or a timer that comes first.
    case race(event: String, milliseconds: Int)
    /// A continuation as new, with the rest of the ops.
    case again
    case send(event: String, to: String)
    /// A start of another instance, without waiting for it.
    case start(id: String, [SimOp])
    /// Money that goes from one account to another while both are locked.
    case transfer(from: String, to: String, amount: Int)
    /// A wait for so many updates.
    case updates(Int)
    /// An activity with an input and a result of so many bytes, or a few more; the custom status gets as large.
    case large(Int)
    case fail
    /// An activity that fails until the world is mended, and ends its program with that.
    case unlucky
    /// A child with a failure that ends its caller.
    case must([SimOp])
    /// The process dies over it.
    case poison

    /// The text of the op in the input of a program.
    var text: String {
        switch self {
        case .call: "c"
        case .failingCall: "F"
        case .fan(let count): "f\(count)"
        case .limited(let milliseconds): "l\(milliseconds)"
        case .canceled(let milliseconds): "k\(milliseconds)"
        case .child(let ops): "d(\(Self.text(ops)))"
        case .sleep(let milliseconds): "s\(milliseconds)"
        case .wait(let event): "w\(event)"
        case .race(let event, let milliseconds): "W\(event):\(milliseconds)"
        case .again: "A"
        case .send(let event, let target): "e\(event):\(target)"
        case .start(let id, let ops): "S\(id)(\(Self.text(ops)))"
        case .transfer(let from, let to, let amount): "t\(from):\(to):\(amount)"
        case .updates(let count): "q\(count)"
        case .large(let count): "b\(Self.filling(count))"
        case .fail: "x"
        case .unlucky: "u"
        case .must(let ops): "m(\(Self.text(ops)))"
        case .poison: "P"
        }
    }

    /// Makes a text of a size.
    static func filling(_ count: Int) -> String { String(repeating: "y", count: count) }

    package static func text(_ ops: [SimOp]) -> String { ops.map(\.text).joined(separator: ",") }

    /// Parses the result of `text`.
    static func parse(_ text: Substring) -> [SimOp] {
        parts(text).compactMap { part in
            let rest = part.dropFirst()
            switch part.first {
            case "c": return .call
            case "F": return .failingCall
            case "f": return .fan(Int(rest) ?? 0)
            case "l": return .limited(milliseconds: Int(rest) ?? 1)
            case "k": return .canceled(milliseconds: Int(rest) ?? 1)
            case "d": return .child(parse(rest.dropFirst().dropLast()))
            case "s": return .sleep(milliseconds: Int(rest) ?? 0)
            case "w": return .wait(event: String(rest))
            case "W":
                let pair = rest.split(separator: ":")
                return .race(event: String(pair.first ?? ""), milliseconds: Int(pair.last ?? "") ?? 0)
            case "A": return .again
            case "e":
                let pair = rest.split(separator: ":")
                return .send(event: String(pair.first ?? ""), to: String(pair.last ?? ""))
            case "S":
                let id = rest.prefix { $0 != "(" }
                return .start(id: String(id), parse(rest.dropFirst(id.count + 1).dropLast()))
            case "t":
                let pair = rest.split(separator: ":")
                return .transfer(
                    from: String(pair.first ?? ""), to: String(pair.dropFirst().first ?? ""),
                    amount: Int(pair.last ?? "") ?? 0)
            case "q": return .updates(Int(rest) ?? 0)
            case "b": return .large(rest.count)
            case "x": return .fail
            case "u": return .unlucky
            case "m": return .must(parse(rest.dropFirst().dropLast()))
            case "P": return .poison
            default: return nil
            }
        }
    }

    /// Splits a text at the commas outside of parentheses.
    private static func parts(_ text: Substring) -> [Substring] {
        var parts: [Substring] = []
        var depth = 0
        var start = text.startIndex
        for index in text.indices {
            switch text[index] {
            case "(": depth += 1
            case ")": depth -= 1
            case "," where depth == 0:
                parts.append(text[start..<index])
                start = text.index(after: index)
            default: break
            }
        }
        if start < text.endIndex { parts.append(text[start...]) }
        return parts
    }

    /// The number of activities that the ops call, including those of children.
    var weight: Int {
        switch self {
        case .call, .failingCall: 1
        case .fan(let count): count
        case .child(let ops), .must(let ops), .start(_, let ops): 1 + ops.reduce(0) { $0 + $1.weight }
        default: 1
        }
    }
}

/// The orchestration that runs random programs, and the results to expect of it.
///
/// Its input is its whole state: the results so far, the number of ops that are done, and the ops that are left. The
/// result of each op is a function of its number, so that the output of a program without races is known beforehand.
package enum SimProgram {
    package static let name = "P"
    static let activity = Activity<String, String>("act")
    static let orchestration = Orchestration<String, String>(name)

    /// The activity's name, for the workers.
    package static var activityName: String { activity.name }

    /// The type of the failure of an activity that is to fail.
    static let plannedFailure = "Planned"

    struct Failure: Error {}

    /// Makes the input of an instance that is to run these ops.
    package static func input(_ ops: [SimOp]) -> Payload { Payload(json: "\"|0|\(SimOp.text(ops))\"") }

    /// Computes the result of an activity for an input; `nil` if it fails.
    ///
    /// - Parameter isMended: whether activities succeed that fail before.
    package static func result(_ input: Payload, isMended: Bool = true) -> Payload? {
        let text = input.json.dropFirst().dropLast()
        if text.hasPrefix("!") || (text.hasPrefix("?") && !isMended) { return nil }
        return Payload(json: "\"r\(text)\"")
    }

    /// Registers the orchestration. Simulated workers run its activities.
    ///
    /// - Parameter die: ends the process that runs it.
    package static func register(
        with functions: FunctionRegistry, die: @escaping @Sendable (_ instanceID: String) -> Void = { _ in }
    ) {
        functions.register(orchestration) { context, input in try await run(context, input, die) }
        SimAccount.register(with: functions)
    }

    private static func run(
        _ context: BodyContext<String>, _ input: String, _ die: @Sendable (String) -> Void
    ) async throws -> String {
        let parts = input.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
        var done = parts.first.map { $0.isEmpty ? [] : [String($0)] } ?? []
        var number = Int(parts.dropFirst().first ?? "") ?? 0
        let ops = SimOp.parse(parts.last ?? "")
        for (index, op) in ops.enumerated() {
            let n = number
            number += 1
            switch op {
            case .call: done.append("c\(n)=\(try await context.call(activity, "\(n)"))")
            case .failingCall:
                do {
                    done.append("F\(n)=\(try await context.call(activity, "!\(n)"))")
                } catch let failure as TaskFailure {
                    done.append("F\(n)=!\(failure.details.type)")
                }
            case .fan(let count):
                let tasks = (0..<count).map { context.start(activity, "\(n).\($0)") }
                done.append("f\(n)=\(try await context.all(tasks).joined(separator: "+"))")
            case .limited(let milliseconds): done.append("l\(n)=\(try await limited(context, n, milliseconds))")
            case .canceled(let milliseconds): done.append("k\(n)=\(try await canceled(context, n, milliseconds))")
            case .child(let ops):
                do {
                    let result = try await context.call(
                        orchestration, "|0|\(SimOp.text(ops))", id: "\(context.instanceID).\(n)")
                    done.append("d\(n)=(\(result))")
                } catch let failure as TaskFailure {
                    done.append("d\(n)=!\(failure.details.type)")
                }
            case .sleep(let milliseconds):
                try await context.sleep(for: .milliseconds(milliseconds))
                done.append("s\(n)")
            case .wait(let event):
                _ = try await context.wait(for: ExternalEvent<String>(event))
                done.append("w\(n)")
            case .race(let event, let milliseconds):
                let value = try await context.wait(
                    for: ExternalEvent<String>(event), timeout: .milliseconds(milliseconds))
                done.append(value == nil ? "W\(n)=t" : "W\(n)=e")
            case .again:
                done.append("A\(n)")
                let rest = SimOp.text(Array(ops[(index + 1)...]))
                try context.continueAsNew("\(done.joined(separator: ","))|\(number)|\(rest)")
            case .send(let event, let target):
                try context.send(ExternalEvent<String>(event), "\(context.executionID)#\(n)", to: target)
                done.append("e\(n)")
            case .start(let id, let ops):
                try context.startDetached(orchestration, "|0|\(SimOp.text(ops))", id: id)
                done.append("S\(n)")
            case .transfer(let from, let to, let amount):
                try await SimAccount.transfer(amount, from: from, to: to, context)
                done.append("t\(n)")
            case .updates(let count): done.append("q\(n)=\(try await updates(count, n, context))")
            case .large(let count):
                let text = "\(n)\(SimOp.filling(count))"
                try context.setCustomStatus(text)
                done.append("b\(n)=\(try await context.call(activity, text))")
            case .fail: throw Failure()
            case .unlucky: done.append("u\(n)=\(try await context.call(activity, "?\(n)"))")
            case .must(let ops):
                let result = try await context.call(
                    orchestration, "|0|\(SimOp.text(ops))", id: "\(context.instanceID).\(n)")
                done.append("m\(n)=(\(result))")
            case .poison:
                die(context.instanceID)
                throw Failure()
            }
        }
        return done.joined(separator: ",")
    }

    private static func limited(_ context: OrchestrationContext, _ number: Int, _ milliseconds: Int) async throws
        -> String
    {
        do {
            return try await context.call(
                activity, "\(number)", retry: RetryPolicy(maxAttempts: 2, firstInterval: .milliseconds(50)),
                timeout: ActivityTimeouts(
                    startToClose: .milliseconds(milliseconds), total: .milliseconds(3 * milliseconds)))
        } catch let failure as TaskFailure {
            return "!\(failure.details.type)"
        }
    }

    private static func canceled(
        _ context: OrchestrationContext, _ number: Int, _ milliseconds: Int
    ) async throws -> String {
        let task = context.start(activity, "\(number)")
        let timer = context.startTimer(for: .milliseconds(milliseconds))
        let winner = try await context.any(task, timer)
        task.cancel()
        timer.cancel()
        return winner == task ? try await task.value : "canceled"
    }

    /// Computes how a program ends if nothing external ends it: the result of each op, `nil` for a race with an open
    /// outcome, and whether it fails in the end.
    package static func expectation(_ ops: [SimOp]) -> (done: [String?], fails: Bool) {
        var done: [String?] = []
        for (n, op) in ops.enumerated() {
            switch op {
            case .call: done.append("c\(n)=r\(n)")
            case .failingCall: done.append("F\(n)=!\(plannedFailure)")
            case .fan(let count):
                done.append("f\(n)=" + (0..<count).map { "r\(n).\($0)" }.joined(separator: "+"))
            case .child(let ops):
                let child = expectation(ops)
                if child.fails {
                    done.append("d\(n)=!Failure")
                } else {
                    let texts = child.done.compactMap { $0 }
                    let isKnown = texts.count == child.done.count
                    done.append(isKnown ? "d\(n)=(\(texts.joined(separator: ",")))" : nil)
                }
            case .large(let count): done.append("b\(n)=r\(n)\(SimOp.filling(count))")
            case .unlucky: done.append("u\(n)=r?\(n)")
            case .must(let ops):
                let child = expectation(ops)
                if child.fails { return (done, true) }
                let texts = child.done.compactMap { $0 }
                done.append(texts.count == child.done.count ? "m\(n)=(\(texts.joined(separator: ",")))" : nil)
            case .sleep: done.append("s\(n)")
            case .wait: done.append("w\(n)")
            case .race, .limited, .canceled: done.append(nil)
            case .again: done.append("A\(n)")
            case .send: done.append("e\(n)")
            case .start: done.append("S\(n)")
            case .transfer: done.append("t\(n)")
            case .updates(let count): done.append("q\(n)=\(count)")
            case .fail, .poison: return (done, true)
            }
        }
        return (done, false)
    }

    /// Whether an output is the expected one of a program.
    package static func isExpected(_ output: Payload?, of ops: [SimOp]) -> Bool {
        guard let output else { return false }
        let expected = expectation(ops)
        let text = output.json.dropFirst().dropLast()
        if expected.fails { return false }
        if !expected.done.contains(where: { $0 == nil }) {
            return text == expected.done.compactMap { $0 }.joined(separator: ",")
        }
        // Commas also occur within the output of a child.
        var rest = text[...]
        for (index, part) in expected.done.enumerated() {
            if index > 0 {
                guard rest.first == "," else { return false }
                rest = rest.dropFirst()
            }
            if let part {
                guard rest.hasPrefix(part) else { return false }
                rest = rest.dropFirst(part.count)
            } else {
                var depth = 0
                rest = rest.drop { character in
                    if character == "(" { depth += 1 }
                    if character == ")" { depth -= 1 }
                    return depth > 0 || character != ","
                }
            }
        }
        return rest.isEmpty
    }
}
