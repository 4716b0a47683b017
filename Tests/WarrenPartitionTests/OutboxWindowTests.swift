import Testing
import WarrenPartition

/// A window that expectations can change: their macro takes no mutating calls.
private final class Window {
    private var window: OutboxWindow

    init(_ limits: OutboxWindow.Limits) {
        window = OutboxWindow(limits)
    }

    var hasBacklog: Bool { window.hasBacklog }
    var isIdle: Bool { window.isIdle() }
    var wantsRows: Bool { window.wantsRows }

    func recovered(through id: Int64, isEmpty: Bool) { window.recovered(through: id, isEmpty: isEmpty) }
    func committed(_ rows: [OutboxWindow.Size], isPublished: Bool = true) -> Int {
        defer { if isPublished { window.published() } }
        return window.committed(rows)
    }
    func published() { window.published() }
    func beginLoad() -> Int64? { window.beginLoad() }
    func loaded(_ rows: [OutboxWindow.Size]) -> Int { window.loaded(rows) }
    func endLoad() { window.endLoad() }
    func settle(_ id: Int64) -> Bool { window.settle(id) }
    func block(_ isBlocked: Bool) { window.block(isBlocked) }
}

@Suite("What of the outbox is on its way")
struct OutboxWindowTests {
    private func rows(_ ids: ClosedRange<Int64>, messages: Int = 1, bytes: Int = 10) -> [OutboxWindow.Size] {
        ids.map { OutboxWindow.Size(id: $0, messages: messages, bytes: bytes) }
    }

    @Test("Rows go out at once while there is room, and the ones after them wait in the store")
    func room() {
        let window = Window(.init(messages: 4, bytes: 1000))
        #expect(window.committed(rows(1...3)) == 3)
        #expect(window.committed(rows(4...9)) == 1)
        #expect(window.hasBacklog)
        #expect(window.committed(rows(10...10)) == 0, "none overtakes the ones that wait")
        #expect(!window.isIdle)
    }

    @Test("Rows that wait are read once half of the window is free, from the first that waits on")
    func load() {
        let window = Window(.init(messages: 4, bytes: 1000))
        #expect(window.committed(rows(1...6)) == 4)
        #expect(window.settle(1))
        #expect(window.beginLoad() == nil)
        #expect(window.settle(2))
        #expect(window.wantsRows)
        #expect(window.beginLoad() == 4)
        #expect(window.beginLoad() == nil, "one reads at a time")
        #expect(window.committed(rows(7...7)) == 0, "what is committed meanwhile waits behind")
        #expect(window.loaded(rows(5...7)) == 2, "as many as fit")
        window.endLoad()
        #expect(window.hasBacklog)
        for row in Int64(3)...6 { #expect(window.settle(row)) }
        #expect(window.beginLoad() == 6)
        #expect(window.loaded(rows(7...7)) == 1)
        window.endLoad()
        #expect(!window.hasBacklog)
        #expect(window.committed(rows(8...8)) == 1)
    }

    @Test("What waits does not overtake rows that are still being handed over")
    func handingOver() {
        let window = Window(.init(messages: 2, bytes: 1000))
        #expect(window.committed(rows(1...3), isPublished: false) == 2)
        #expect(window.settle(1))
        #expect(window.settle(2))
        #expect(window.beginLoad() == nil)
        window.published()
        #expect(window.beginLoad() == 2)
    }

    @Test("Bytes are bounded as messages are, and a row that is larger than the bound passes alone")
    func bytes() {
        let window = Window(.init(messages: 100, bytes: 50))
        #expect(window.committed(rows(1...2, bytes: 80)) == 1)
        #expect(window.settle(1))
        #expect(window.beginLoad() == 1)
        #expect(window.loaded(rows(2...2, bytes: 80)) == 1)
    }

    @Test("A row is done when its last message is")
    func settle() {
        let window = Window(.unlimited)
        #expect(window.committed(rows(1...1, messages: 2)) == 1)
        #expect(!window.settle(1))
        #expect(window.settle(1))
        #expect(!window.settle(1), "a late confirm of a row that is gone changes nothing")
        #expect(window.isIdle)
    }

    @Test("While the broker is blocked nothing goes out, and nobody waits for it")
    func blocked() {
        let window = Window(.init(messages: 4, bytes: 1000))
        #expect(window.committed(rows(1...1)) == 1)
        window.block(true)
        #expect(window.committed(rows(2...2)) == 0)
        #expect(window.isIdle)
        #expect(window.beginLoad() == nil)
        window.block(false)
        #expect(!window.isIdle)
        #expect(window.beginLoad() == 1)
        #expect(window.loaded(rows(2...2)) == 1)
    }

    @Test("What an earlier host left behind is read first; a row whose commit is not announced yet is not taken twice")
    func recovered() {
        let window = Window(.init(messages: 100, bytes: 1000))
        window.recovered(through: 10, isEmpty: false)
        #expect(window.beginLoad() == 0)
        #expect(window.loaded(rows(3...4)) == 2)
        window.endLoad()
        #expect(window.beginLoad() == 4)
        #expect(window.loaded(rows(11...11)) == 0)
        window.endLoad()
        #expect(!window.hasBacklog, "numbers without a row are passed over")
        #expect(window.committed(rows(11...11)) == 1)
        let empty = Window(.broker)
        empty.recovered(through: 10, isEmpty: true)
        #expect(empty.isIdle)
        #expect(empty.committed(rows(11...11)) == 1)
    }
}
