import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenSupport

@testable import WarrenCLI

/// What people read of instances that wait.
@Suite("Reports of what instances wait for")
struct WaitingReportTests {
    private let plain = Style(isColourful: false)
    private let now = Timestamp(microseconds: 1_796_083_200_000_000)

    private func ago(_ seconds: Int64) -> Timestamp { now.advanced(by: .seconds(-seconds)) }

    private func instance(
        _ id: String, _ waits: [OpenWait] = [], others: Int = 0, status: RuntimeStatus = .running,
        name: String = "Order"
    ) -> OrchestrationStatus {
        var instance = OrchestrationStatus(
            name: name, instanceID: id, executionID: "x-\(id)", runtimeStatus: status, createdAt: ago(400_000),
            lastUpdatedAt: ago(300_000))
        instance.show(OpenWaits(listed: waits, others: others))
        return instance
    }

    private var approval: OpenWait { OpenWait(kind: .event, name: "Approval", since: ago(3 * 86_400)) }
    private var pay: OpenWait { OpenWait(kind: .activity, name: "Pay", since: ago(150), number: 4) }
    private var timer: OpenWait {
        OpenWait(kind: .timer, since: ago(60), until: now.advanced(by: .seconds(3 * 3600)), number: 5)
    }
    private var ship: OpenWait {
        OpenWait(kind: .child, name: "Ship", since: ago(90), instanceID: "order-7:2", number: 2)
    }

    @Test("A list names waits beside the custom status, the longest first, with how long each takes")
    func table() {
        var busy = instance("order-7", [pay, timer, ship, approval])
        busy.customStatus = Payload(json: #"{"step":3}"#)
        var failed = instance("order-8", status: .failed)
        failed.failure = FailureDetails(type: "Declined", message: "no funds")
        var long = instance("order-9", [approval])
        long.omitted = ["openTasks"]
        let many = instance("order-10", [approval, approval], others: 7)
        var older = instance("order-11")
        older.openTasks = ["activity Pay #3", "timer #4 until 2026-01-01T00:00:00Z"]
        let ended = instance("order-12", status: .completed)
        let lines = InstanceTable(instances: [busy, failed, long, many, older, ended], style: plain, now: now).lines
        let times = "2026-11-26T08:53:20Z  2026-11-27T12:40:00Z"
        #expect(
            lines == [
                "ID        NAME   STATUS     CREATED               UPDATED               ABOUT",
                "order-7   Order  Running    \(times)  waits for event Approval (3 d), activity Pay (2 min), "
                    + #"child order-7:2 (90 s) and 1 more; {"step":3}"#,
                "order-8   Order  Failed     \(times)  Declined: no funds",
                "order-9   Order  Running    \(times)  waits for event Approval (3 d); left out: what it waits for; see "
                    + "'warren status'",
                "order-10  Order  Running    \(times)  waits for event Approval (3 d), event Approval (3 d) and 7 more",
                "order-11  Order  Running    \(times)  waits for activity Pay #3, timer #4 until 2026-01-01T00:00:00Z",
                "order-12  Order  Completed  \(times)",
            ])
    }

    @Test("A status has a line for each wait, with its number, its age and since when")
    func status() {
        var status = instance("order-7", [pay, timer, ship, approval], others: 3)
        status.parentID = "batch-1"
        let lines = StatusReport(status: status, style: plain, now: now).lines
        #expect(
            lines == [
                "Instance    order-7", "Name        Order", "Status      Running", "Execution   x-order-7",
                "Created     2026-11-26T08:53:20Z (4 d ago)", "Updated     2026-11-27T12:40:00Z (3 d ago)",
                "Parent      batch-1",
                "Waits for   activity Pay #4 (2 min, since 2026-11-30T23:57:30Z)",
                "            timer #5 until 2026-12-01T03:00:00Z (60 s, since 2026-11-30T23:59:00Z)",
                "            sub-orchestration Ship order-7:2 #2 (90 s, since 2026-11-30T23:58:30Z)",
                "            event Approval (3 d, since 2026-11-28T00:00:00Z)",
                "            and 3 more",
            ])
    }

    @Test("Names from a peer do not control the terminal")
    func hostile() {
        let hostile = instance(
            "\u{1B}[2Ja", [OpenWait(kind: .event, name: "\u{1B}]0;x\u{7}", since: now)], name: "N\u{7}")
        let tree = InstanceTree(
            ancestors: [hostile], root: .init(instanceID: hostile.instanceID, name: hostile.name, status: hostile),
            isCut: false)
        let text =
            (StatusReport(status: hostile, style: plain, now: now).lines
            + InstanceTable(instances: [hostile], style: plain, now: now).lines
            + TreeReport(tree: tree, style: plain, now: now).lines).joined()
        #expect(!text.contains("\u{1B}") && !text.contains("\u{7}"))
        #expect(!TreeReport(tree: tree, style: plain, now: now).json.text.contains("\u{1B}"))
    }

    private var tree: InstanceTree {
        var failed = instance("order-7:3", status: .failed, name: "Bill")
        failed.failure = FailureDetails(type: "Declined", message: "no funds")
        return InstanceTree(
            ancestors: [instance("batch-1", [ship], name: "Batch"), instance("year", name: "Year")],
            root: .init(
                instanceID: "order-7", name: "Order", status: instance("order-7", [ship, pay]),
                children: [
                    .init(
                        instanceID: "order-7:2", name: "Ship", status: instance("order-7:2", [approval], name: "Ship"),
                        children: [.init(instanceID: "p-1", name: "Parcel")]),
                    .init(instanceID: "order-7:3", name: "Bill", status: failed, isCut: true),
                ]), isCut: true)
    }

    @Test("A tree has the way from the top, then everything below, each with what it waits for")
    func treeLines() {
        #expect(
            TreeReport(tree: tree, style: plain, now: now).lines == [
                "year                Year    Running",
                "└─ batch-1          Batch   Running  waits for child order-7:2 (90 s)",
                "   └─ order-7       Order   Running  waits for activity Pay (2 min), child order-7:2 (90 s)",
                "      ├─ order-7:2  Ship    Running  waits for event Approval (3 d)",
                "      │  └─ p-1     Parcel  gone     not begun, or purged",
                "      └─ order-7:3  Bill    Failed   Declined: no funds (calls that are not shown)",
            ])
    }

    @Test("As JSON the tree is nested, and a wait is an object")
    func treeJSON() throws {
        let json = try JSONValue(Payload(json: TreeReport(tree: tree, style: plain, now: now).json.text))
        #expect(json["ancestors"]?[0]?["instanceId"] == "batch-1" && json["isCut"] == true)
        let root = try #require(json["instance"])
        #expect(root["instanceId"] == "order-7" && root["children"]?[1]?["runtimeStatus"] == "Failed")
        #expect(
            root["children"]?[0]?["waitsFor"] == [
                ["kind": "event", "name": "Approval", "since": "2026-11-28T00:00:00Z"]
            ])
        #expect(root["waitsFor"]?[0]?["instanceId"] == "order-7:2" && root["waitsFor"]?[0]?["id"] == 2)
        #expect(
            root["children"]?[0]?["children"] == [
                ["name": "Parcel", "instanceId": "p-1", "isGone": true, "children": []]
            ])
    }
}
