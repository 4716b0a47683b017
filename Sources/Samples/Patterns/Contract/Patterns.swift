import Warren

/// The sample's contract: names and types, and nothing else. A program that starts, steers or runs these needs only this
/// file and the types beside it.
enum Patterns {
    // Function chaining
    static let helloCities = Orchestration<[String]?, [String]>("HelloCities")
    static let sayHelloTwice = Orchestration<Void, [String]>("E1_SayHello")
    static let sayHello = Activity<String, String>("SayHello")

    // Function chaining, where each result is the next input and one block undoes
    static let chain = Orchestration<ChainLink, String>("Chain")
    static let f1 = Activity<ChainLink, String>("F1")
    static let f2 = Activity<ChainLink, String>("F2")
    static let f3 = Activity<ChainLink, String>("F3")
    static let f4 = Activity<ChainLink, String>("F4")
    static let compensate = Activity<String, String>("Compensate")

    // Fan-out, fan-in: over numbers that are given, and over work that an activity finds
    static let sumOfSquares = Orchestration<Numbers, Int>("SumOfSquares")
    static let fanOutFanIn = Orchestration<Int?, String>("FanOutFanIn")
    static let findWork = Activity<Int, [Int]>("FindWork")
    static let square = Activity<Int, Int>("Square")
    static let reportSum = Activity<Int, String>("ReportSum")

    // Fan-out in batches
    static let resolveLinks = Orchestration<LinkSearch?, [ResolvedLink]>("LinkResolving")
    static let allLinks = Activity<Int, [Link]>("LinkResolving_GetAllLinks")
    static let resolveBatch = Activity<[Link], [ResolvedLink]>("LinkResolving_ResolveLinkBatch")

    // Fan-out over child orchestrations
    static let provisionNewDevices = Orchestration<Int?, [String]>("ProvisionNewDevices")
    static let provisionDevice = Orchestration<String, String>("DeviceProvisioningOrchestration")
    static let newDeviceIDs = Activity<Int, [String]>("GetNewDeviceIds")
    static let createDevice = Activity<String, String>("CreateDevice")
    static let installSoftware = Activity<String, String>("InstallSoftware")

    // Human interaction: a decision within seconds, and one within three days
    static let approval = Orchestration<ApprovalRequest?, [String]>("Approval")
    static let approvalGiven = ExternalEvent<Bool?>("Approval")
    static let tellApproval = Activity<String, String>("TellApproval")
    static let approvalWorkflow = Orchestration<String?, String>("ApprovalWorkflow")
    static let approvalEvent = ExternalEvent<Bool>("ApprovalEvent")
    static let requestApproval = Activity<String, String>("RequestApproval")
    static let handleApproval = Activity<Bool, String>("HandleApproval")
    static let escalate = Activity<String, String>("Escalate")

    // A long activity with heartbeats, and a race of activities
    static let copyTable = Orchestration<CopyJob, String>("CopyTable")
    static let copyRows = Activity<CopyJob, String>("CopyRows")
    static let quickestQuote = Orchestration<[String], String>("QuickestQuote")
    static let askForQuote = Activity<String, String>("AskForQuote")

    // Fairness: work of many customers under one limit
    static let renderReport = Orchestration<ReportRequest, String>("RenderReport")
    static let render = Activity<ReportRequest, String>("Render")

    // Monitor
    static let monitorJob = Orchestration<JobWatch, JobReport>("MonitorJob")
    static let checkJob = Activity<String, Bool>("CheckJob")

    // Durable HTTP
    static let callService = Orchestration<String, String>("CallService")

    // Eternal orchestrations: one that counts time, and one that adds up what comes
    static let counter = Orchestration<Count?, Int>("Counter")
    static let aggregator = Orchestration<Int?, Int>("Aggregator")
    static let add = ExternalEvent<Int>("Add")
    static let stop = ExternalEvent<String?>("Stop")

    // Query and update: a cart that others look into and fill
    static let cart = Orchestration<Void, [String]>("Cart")
    static let cartItems = Query<Void, [String]>("items")
    static let addItem = Update<String, Int>("addItem")
    static let checkOut = Update<Void, Void>("checkOut")

    // Entity: a number for each key, with operations that run one at a time
    static let counterEntity = Entity<Int>("Counter")
    static let addToCounter = counterEntity.operation("add", Int.self, returning: Int.self)
    static let getCounter = counterEntity.operation("get", returning: Int.self)
    static let resetCounter = counterEntity.operation("reset")
    static let countVisit = Orchestration<String, Int>("CountVisit")
}
