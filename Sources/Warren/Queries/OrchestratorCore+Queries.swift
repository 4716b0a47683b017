/// Answers queries between two episodes. A query changes nothing: every call of the context is refused meanwhile.
extension OrchestratorCore {
    /// Answers a query. The caller drives the instance.
    func answer(_ question: StateQuestion) -> StateAnswer {
        if let fault { return .impossible(reason: fault.message) }
        guard let handlers, let handler = handlers.queries[question.name] else {
            return .unknown(known: handlers?.queryNames ?? [])
        }
        let result = readOnly("A handler of a query") { try handler(question.input, codec) }
        // A handler that wakes code by something foreign must not leave jobs to the next instance.
        drain()
        switch result {
        case .success(let payload): return .answered(payload)
        case .failure(let error): return .failed(FailureDetails(error, with: codec))
        }
    }

    /// Runs a function that may look at the orchestrator's state, but neither ask for anything nor change anything.
    ///
    /// - Returns: the error of the first call of the context that is not allowed, whatever the function made of it.
    func readOnly<Value>(_ what: String, _ function: () throws -> Value) -> Result<Value, any Error> {
        readOnlyUse = ReadOnlyUse(what)
        let result = Result { try function() }
        let violation = readOnlyUse?.violation
        readOnlyUse = nil
        if let violation { return .failure(violation) }
        return result
    }

    /// Refuses a call while a function runs that may only read.
    ///
    /// - Returns: the refusal; `nil` if the call is allowed.
    func readOnlyRefusal(_ site: CallSite) -> WarrenError? {
        guard let use = readOnlyUse else { return nil }
        let error = WarrenError(
            .readOnlyHandler,
            "\(use.what) may only look at what the orchestrator has in memory: it cannot call, start, send, print or set "
                + "anything, nor take identifiers or random numbers, because it is not recorded. Do that in the "
                + "orchestrator's body or in the handler of an update.", file: site.file, line: site.line)
        if use.violation == nil { use.violation = error }
        return error
    }

    /// Registers the function that answers a query.
    func register(query name: String, _ site: CallSite, _ answer: @escaping StateHandlers.Answer) {
        guard isLive(site) else { return }
        var handlers = handlers ?? StateHandlers()
        let isAdded = handlers.add(query: name, answer)
        self.handlers = handlers
        if !isAdded { fail(.tooManyHandlers(self, site)) }
    }
}

/// A function that may only look at the orchestrator's state.
///
/// A class, because every suspended instance has room for one, and nearly none is there.
final class ReadOnlyUse {
    /// Names the function, for reports.
    let what: String
    /// The first call that it made all the same.
    var violation: WarrenError?
    /// Makes the random numbers that it gets until it ends: it is refused, and they are used for nothing.
    var scratch = SplitMix64(state: 0)

    init(_ what: String) {
        self.what = what
    }
}
