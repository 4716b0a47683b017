extension FunctionRegistrar {
    /// Limits an activity over the whole hub, whatever process runs it and in whichever language.
    ///
    /// The host tells the partitions that it owns when it opens them, before they take anything else. The hub keeps the
    /// limits of the host that said so last; what an operator sets (`warren limits set`) takes precedence. A limit that is
    /// removed from the code stays with the hub until `warren limits clear`. Traps if a value is out of range.
    ///
    /// - Parameters:
    ///   - activity: the activity; this process need not run it.
    ///   - limits: the limits.
    public func limit<Input, Output>(_ activity: Activity<Input, Output>, to limits: ActivityLimits) {
        functions.limit(activity.name, to: limits)
    }
}

extension FunctionRegistry {
    /// Limits an activity that is known only by its name. Traps if a value is out of range.
    public func limit(_ activity: String, to limits: ActivityLimits) {
        let problem = limits.problem
        // trap: the program registers, before its host runs; no data decides what.
        precondition(problem == nil, "Limits of activity '\(activity)': \(problem ?? "")")
        setLimits(limits, of: activity)
    }
}
