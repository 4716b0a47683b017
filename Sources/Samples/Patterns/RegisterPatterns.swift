import Warren

/// Gives every name of the contract its body. A process runs those that its roles call for.
///
/// - Parameter jobs: the folder of files that finished jobs leave.
func registerPatterns(with registrar: some FunctionRegistrar, jobs: String) {
    registrar.register(Patterns.helloCities, body: helloCities)
    registrar.register(Patterns.sumOfSquares, body: sumOfSquares)
    registrar.register(Patterns.approval, body: approval)
    registrar.register(Patterns.monitorJob, body: monitorJob)
    registrar.register(Patterns.counter, body: counter)

    registrar.register(Patterns.sayHello, body: sayHello)
    registrar.register(Patterns.square, body: square)
    registrar.register(Patterns.tellApproval, body: tellApproval)
    registrar.register(Patterns.escalate, body: escalate)
    let check = CheckJob(directory: jobs)
    registrar.register(Patterns.checkJob) { job in try check(job) }
}
