import Testing
import Warren
import WarrenClient

@Suite("Merging the listings of partitions", .timeLimit(.minutes(5)))
struct InstanceMergeTests {
    @Test("A page can end at the earliest place up to which partitions with nothing to show were looked through")
    func lookedThrough() {
        var merge = InstanceMerge(partitions: 3, of: .init())
        #expect(merge.lookedThrough == nil)
        func place(_ seconds: Int64, _ id: String) -> InstanceQuery.Cursor {
            InstanceQuery.Cursor(createdAt: Timestamp(microseconds: seconds * 1_000_000), instanceID: id)
        }
        merge.add([], next: place(50, "a"), from: 0)
        merge.add([], next: nil, from: 1)
        #expect(merge.lookedThrough == nil, "partition 2 was not asked")
        merge.add([], next: place(70, "b"), from: 2)
        // The newest first: what was created at 60 may still be in partition 2.
        #expect(merge.lookedThrough == place(70, "b"))
        #expect(merge.next() == nil && !merge.isAtEnd)
        merge.leaveOut(2)
        #expect(merge.lookedThrough == place(50, "a"))
        merge.add([], next: nil, from: 0)
        #expect(merge.lookedThrough == nil && merge.isAtEnd)
    }

    @Test(
        "Any spread over partitions and any page size give the one order, each instance once", arguments: [1, 2, 3, 7])
    func merges(pageSize: Int) {
        let partitions = [
            [instance("a", 9), instance("d", 5), instance("c", 5), instance("b", 1)],
            [],
            [instance("e", 5)],
            [instance("h", 8), instance("g", 7), instance("f", 6)],
        ]
        #expect(read(partitions, pageSize: pageSize) == ["a", "h", "g", "f", "e", "d", "c", "b"])
    }

    @Test("IDs of equal age are ordered by their bytes, as the stores order them")
    func byteOrder() {
        // By characters the two are equal; by bytes the composed one comes later.
        let partitions = [[instance("e\u{301}", 1)], [instance("\u{E9}", 1)]]
        #expect(read(partitions, pageSize: 5).map { Array($0.utf8) } == [Array("\u{E9}".utf8), Array("e\u{301}".utf8)])
    }

    @Test("While a partition says that it has more, it is asked on from where it stopped")
    func asksOn() {
        var merge = InstanceMerge(partitions: 2, of: .init())
        #expect(merge.needed.map(\.partition) == [0, 1])
        let place = InstanceQuery.Cursor(createdAt: Timestamp(microseconds: 2), instanceID: "b")
        merge.add([instance("b", 2)], next: place, from: 0)
        #expect(merge.next() == nil)
        merge.add([], next: nil, from: 1)
        #expect(merge.next()?.instanceID == "b")
        #expect(!merge.isAtEnd)
        #expect(merge.needed.map(\.after) == [place])
        merge.add([], next: nil, from: 0)
        #expect(merge.isAtEnd)
        #expect(merge.next() == nil)
    }

    @Test("A partition that is left out is not asked again, keeps nobody waiting, and is named")
    func leavesOut() {
        var merge = InstanceMerge(partitions: 3, of: .init())
        merge.add([instance("b", 2)], next: nil, from: 0)
        merge.leaveOut(2)
        #expect(merge.needed.map(\.partition) == [1])
        #expect(merge.next() == nil, "partition 1 may have an earlier one")
        merge.leaveOut(1)
        #expect(merge.needed.isEmpty)
        #expect(!merge.isAtEnd)
        #expect(merge.next()?.instanceID == "b")
        #expect(merge.isAtEnd)
        #expect(merge.missing == [1, 2])
    }

    private func read(_ partitions: [[OrchestrationStatus]], pageSize: Int) -> [String] {
        var merge = InstanceMerge(partitions: partitions.count, of: .init())
        var told = Array(repeating: 0, count: partitions.count)
        var ids: [String] = []
        while true {
            for (partition, _) in merge.needed {
                let page = partitions[partition].dropFirst(told[partition]).prefix(pageSize)
                told[partition] += page.count
                let isLast = told[partition] == partitions[partition].count
                merge.add(Array(page), next: isLast ? nil : page.last?.cursor(), from: partition)
            }
            guard let next = merge.next() else { return ids }
            ids.append(next.instanceID)
        }
    }

    private func instance(_ id: String, _ created: Int64) -> OrchestrationStatus {
        let time = Timestamp(microseconds: created)
        return OrchestrationStatus(
            name: "Cities", instanceID: id, executionID: "x", runtimeStatus: .running, createdAt: time,
            lastUpdatedAt: time)
    }
}
