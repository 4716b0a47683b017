import Testing
import Warren
import WarrenClient
import WarrenMessaging
import WarrenSupport

@testable import WarrenCLI

@Suite("The report of owners")
struct OwnersReportTests {
    private let plain = Style(isColourful: false)

    @Test("Hosts, owners and followers are a table; what nobody owns is an alarm; an old claim is said to be one")
    func table() {
        let report = OwnersReport.shared(HubSharing(beats: beats, partitions: 3))
        #expect(
            report.lines(plain).prefix(7) == [
                "HOST   PROCESS  SINCE                 PARTITIONS  STATE",
                "web-1  7        2026-01-01T00:00:00Z  2           there",
                "web-2  8        2026-01-01T00:00:00Z  1           leaving",
                "PARTITION  OWNER   EPOCH  JOURNAL SINCE SNAPSHOT  FOLLOWERS",
                "0          web-1   3      1.5 MiB                 web-2",
                "1          web-2   9      0.0 MiB",
                "2          nobody  -      -",
            ])
        let rest = report.lines(plain).dropFirst(7)
        #expect(
            rest.first
                == "outdated: web-1 still says that it owns partition 1, by epoch 8; what it does there does not count")
        #expect(rest.last?.hasPrefix("ALARM: no host owns partition 2. ") == true)
        #expect(rest.count == 2)
    }

    @Test("Hosts of the same name are told apart by their process, or by their ID")
    func alike() {
        let process = OwnersReport.shared(
            HubSharing(beats: [beat("x", "pod", 1, [0]), beat("y", "pod", 2, [1])], partitions: 2))
        #expect(process.lines(plain)[4].contains("pod (1)") && process.lines(plain)[5].contains("pod (2)"))
        let id = OwnersReport.shared(
            HubSharing(beats: [beat("x", "pod", 1, [0]), beat("y", "pod", 1, [1])], partitions: 2))
        #expect(id.lines(plain)[4].contains("pod (x)") && id.lines(plain)[5].contains("pod (y)"))
    }

    @Test("A name from a peer does not control the terminal")
    func escapes() {
        let report = OwnersReport.shared(HubSharing(beats: [beat("x", "\u{1B}[2J", 1, [0])], partitions: 1))
        #expect(!report.lines(plain).joined().contains("\u{1B}"))
    }

    @Test("As JSON the same are objects")
    func objects() {
        var object = JSONObjectWriter()
        OwnersReport.shared(HubSharing(beats: beats, partitions: 3)).add(to: &object)
        let host = #""startedTime":"2026-01-01T00:00:00Z""#
        #expect(
            object.text == #"{"hosts":[{"id":"a","name":"web-1","process":7,\#(host),"leaving":false},"#
                + #"{"id":"b","name":"web-2","process":8,\#(host),"leaving":true}],"#
                + #""owners":[{"partition":0,"host":"a","epoch":3,"unsavedBytes":1572864,"followers":["b"]},"#
                + #"{"partition":1,"host":"b","epoch":9,"unsavedBytes":0,"followers":[],"#
                + #""outdated":[{"host":"a","epoch":8,"unsavedBytes":0}]},{"partition":2,"host":null,"followers":[]}]}"#
        )
    }

    private var beats: [HostBeat] {
        var first = beat("a", "web-1", 7, [])
        first.owned = [
            .init(partition: 0, epoch: 3, unsavedBytes: 1_572_864), .init(partition: 1, epoch: 8, unsavedBytes: 0),
        ]
        var second = beat("b", "web-2", 8, [])
        second.owned = [.init(partition: 1, epoch: 9, unsavedBytes: 0)]
        second.followed = [0]
        second.isLeaving = true
        return [first, second]
    }

    private func beat(_ id: String, _ name: String, _ process: Int, _ owned: [Int]) -> HostBeat {
        HostBeat(
            id: id, name: name, process: process, startedAt: Timestamp(microseconds: 1_767_225_600_000_000),
            sentAt: Timestamp(microseconds: 1),
            owned: owned.map { .init(partition: $0, epoch: 1, unsavedBytes: 0) })
    }
}
