import Warren

/// Gives every name of the contract its body. A process runs those that its roles call for.
///
/// - Parameter jobs: the folder of files that finished jobs leave.
func registerPatterns(with registrar: some FunctionRegistrar, jobs: String) {
    registrar.register(Patterns.helloCities, body: helloCities)
    registrar.register(Patterns.sayHelloTwice, body: sayHelloTwice)
    registrar.register(Patterns.chain, body: chain)
    registrar.register(Patterns.sumOfSquares, body: sumOfSquares)
    registrar.register(Patterns.fanOutFanIn, body: fanOutFanIn)
    registrar.register(Patterns.resolveLinks, body: resolveLinks)
    registrar.register(Patterns.provisionNewDevices, body: provisionNewDevices)
    registrar.register(Patterns.provisionDevice, body: provisionDevice)
    registrar.register(Patterns.approval, body: approval)
    registrar.register(Patterns.approvalWorkflow, body: approvalWorkflow)
    registrar.register(Patterns.copyTable, body: copyTable)
    registrar.register(Patterns.quickestQuote, body: quickestQuote)
    registrar.register(Patterns.renderReport, body: renderReport)
    registrar.limit(Patterns.render, to: ActivityLimits(concurrency: 4))
    registrar.register(Patterns.monitorJob, body: monitorJob)
    registrar.register(Patterns.callService, body: callService)
    registrar.register(Patterns.counter, body: counter)
    registrar.register(Patterns.aggregator, body: aggregator)
    registrar.register(Patterns.cart, body: cart)

    registerCounterEntity(with: registrar)
    registrar.register(Patterns.countVisit, body: countVisit)

    registrar.register(Patterns.sayHello, body: sayHello)
    for function in [Patterns.f1, Patterns.f2, Patterns.f3, Patterns.f4] {
        let body = ChainFunction(name: function.name)
        registrar.register(function) { link in try body(link) }
    }
    registrar.register(Patterns.compensate, body: compensate)
    registrar.register(Patterns.findWork, body: findWork)
    registrar.register(Patterns.square, body: square)
    registrar.register(Patterns.reportSum, body: reportSum)
    registrar.register(Patterns.allLinks, body: getAllLinks)
    registrar.register(Patterns.resolveBatch, body: resolveLinkBatch)
    registrar.register(Patterns.newDeviceIDs, body: getNewDeviceIDs)
    registrar.register(Patterns.createDevice, body: createDevice)
    registrar.register(Patterns.installSoftware, body: installSoftware)
    registrar.register(Patterns.tellApproval, body: tellApproval)
    registrar.register(Patterns.requestApproval, body: requestApproval)
    registrar.register(Patterns.handleApproval, body: handleApproval)
    registrar.register(Patterns.escalate, body: escalate)
    registrar.register(Patterns.copyRows, body: copyRows)
    registrar.register(Patterns.askForQuote, body: askForQuote)
    registrar.register(Patterns.render, body: render)
    let check = CheckJob(directory: jobs)
    registrar.register(Patterns.checkJob) { job in try check(job) }
}
