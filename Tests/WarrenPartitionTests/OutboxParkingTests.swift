import AMQPMessages
import Testing
import Warren
import WarrenMessaging
import WarrenPartition

/// A parking that expectations can change: their macro takes no mutating calls.
private final class Parking {
    var parking = OutboxParking()
    let place = OutboxParking.Destination(exchange: "a", key: "k")
    let message = OutboundMessage(exchange: "a", routingKey: "k")

    func refuse(_ milliseconds: Int64, _ cause: OutboxParking.Cause = .full, patience: Duration? = nil) -> Bool? {
        parking.refuse(place, cause, "full", patience: patience, now: time(milliseconds), jitter: 0)
    }
    func probe(_ milliseconds: Int64) -> Int64? { parking.dueProbe(time(milliseconds))?.row }
    func next() -> Int64? { parking.nextRow()?.row }
    var nextProbe: Timestamp? { parking.nextProbe(time(0)) }
    func time(_ milliseconds: Int64) -> Timestamp { Timestamp(microseconds: milliseconds * 1000) }
}

@Suite("Destinations that take nothing")
struct OutboxParkingTests {
    @Test("What waits is tried once in a while, and follows in order once the first of it is taken")
    func order() {
        let park = Parking()
        #expect(park.parking.place(of: .encoded(park.message)) == nil)
        #expect(park.refuse(0) == true)
        #expect(park.refuse(0) == false, "told once")
        #expect(park.parking.place(of: .encoded(park.message)) == park.place)
        #expect(park.parking.place(of: .encoded(OutboundMessage(exchange: "a", routingKey: "other"))) == nil)
        for row in [3, 1, 2] as [Int64] { park.parking.wait(row, for: park.place) }
        #expect(park.nextProbe == park.time(250))
        #expect(park.probe(249) == nil)
        #expect(park.probe(250) == 1)
        #expect(park.probe(250) == nil, "one at a time")
        #expect(park.next() == nil)
        park.parking.wait(1, for: park.place)
        park.parking.probeRefused(park.place, .full, nil, now: park.time(250), jitter: 0)
        #expect(park.nextProbe == park.time(750), "the pause grows")
        #expect(park.probe(750) == 1)
        park.parking.probeAccepted(park.place)
        #expect(park.next() == 2)
        park.parking.sent(1, to: park.place)
        #expect(park.next() == 3)
        park.parking.sent(1, to: park.place)
        #expect(park.parking.place(of: .encoded(park.message)) != nil, "later ones stay behind those on their way")
        park.parking.settled(park.place, isConfirmed: true)
        park.parking.settled(park.place, isConfirmed: true)
        #expect(park.parking.isEmpty)
    }

    @Test("A few go first, more with each that is confirmed; a refusal closes it again")
    func slowStart() {
        let park = Parking()
        _ = park.refuse(0)
        for row in 1...100 as ClosedRange<Int64> { park.parking.wait(row, for: park.place) }
        #expect(park.probe(250) == 1)
        park.parking.probeAccepted(park.place)
        var sent = 0
        while park.next() != nil {
            park.parking.sent(1, to: park.place)
            sent += 1
        }
        #expect(sent == 8)
        park.parking.settled(park.place, isConfirmed: true)
        while park.next() != nil {
            park.parking.sent(1, to: park.place)
            sent += 1
        }
        #expect(sent == 10)
        #expect(park.refuse(300) == false)
        #expect(park.next() == nil)
        #expect(park.nextProbe == park.time(550))
    }

    @Test("When the patience with a missing queue is over, what waits for it is given up")
    func patience() {
        let park = Parking()
        _ = park.refuse(0, .missing, patience: .seconds(1))
        for row in 1...2 as ClosedRange<Int64> { park.parking.wait(row, for: park.place) }
        var at: Int64 = 0
        while let next = park.nextProbe {
            at = next.microseconds / 1000
            guard let row = park.probe(at) else { break }
            park.parking.wait(row, for: park.place)
            park.parking.probeRefused(park.place, .missing, nil, now: next, jitter: 0)
        }
        #expect(at == 1000)
        let first = park.parking.nextRow()
        #expect(first?.row == 1 && first?.isFailing == true)
        #expect(park.next() == 2)
        park.parking.sent(0, to: park.place)
        #expect(park.parking.isEmpty)
    }

    @Test(
        "A clock that is put forward or back takes nothing of the patience",
        arguments: [13 * 3600 * 1000, -3600 * 1000])
    func patienceWithWrongClock(jump: Int64) {
        let park = Parking()
        _ = park.refuse(0, .missing, patience: .seconds(1))
        park.parking.wait(1, for: park.place)
        var now = jump
        var probes = 0
        while let row = park.probe(now) {
            probes += 1
            park.parking.wait(row, for: park.place)
            park.parking.probeRefused(park.place, .missing, nil, now: park.time(now), jitter: 0)
            if park.parking.hasTurns { break }
            now = (park.parking.nextProbe(park.time(now))?.microseconds ?? 0) / 1000
        }
        #expect(probes > 3)
        #expect((950...1050).contains(now - jump), "the first pause may be lost")
    }

    @Test("A queue that was there meanwhile is waited for anew")
    func patienceAnew() {
        let park = Parking()
        _ = park.refuse(0, .missing, patience: .seconds(1))
        for row in 1...2 as ClosedRange<Int64> { park.parking.wait(row, for: park.place) }
        #expect(park.probe(900) == 1)
        park.parking.probeAccepted(park.place)
        #expect(park.next() == 2)
        park.parking.sent(1, to: park.place)
        #expect(park.refuse(2000, .missing) == false)
        park.parking.wait(2, for: park.place)
        #expect(park.probe(2900) == 2)
        park.parking.probeRefused(park.place, .missing, nil, now: park.time(2900), jitter: 0)
        #expect(!park.parking.hasTurns)
    }

    @Test("Without a right to an exchange, all its keys wait")
    func denied() {
        var parking = OutboxParking()
        let whole = OutboxParking.Destination(exchange: "a")
        _ = parking.refuse(
            whole, .denied, "no", patience: nil, now: Timestamp(microseconds: 0), jitter: 0)
        #expect(parking.place(of: .encoded(OutboundMessage(exchange: "a", routingKey: "x"))) == whole)
        #expect(parking.place(of: .encoded(OutboundMessage(exchange: "b", routingKey: "x"))) == nil)
        parking.wait(1, for: whole)
        #expect(parking.nextProbe(Timestamp(microseconds: 0)) == Timestamp(microseconds: 5_000_000))
    }
}

@Suite("Which messages of an outbox are safe")
struct OutboxLedgerTests {
    @Test("Of a row that waits, only what is not safe yet is sent again")
    func partial() {
        var ledger = OutboxLedger()
        let place = OutboxParking.Destination(exchange: "a", key: "k")
        ledger.begin(5, of: 3)
        ledger.settle(5, 0)
        let (first, second) = (ledger.waits(5, for: place), ledger.waits(5, for: place))
        #expect(first && !second, "a row waits once, however many of its messages do")
        guard case .parked? = ledger.end(5) else {
            Issue.record("A row with messages that are not safe waits.")
            return
        }
        #expect(ledger.parkedRows == 1)
        #expect(ledger.unsettled(5, of: 3) == 0b110)
        ledger.begin(5, of: 3, wasParked: true)
        #expect(ledger.parkedRows == 0)
        ledger.settle(5, 1)
        ledger.settle(5, 2, setAside: "too large")
        guard case .setAside("too large")? = ledger.end(5) else {
            Issue.record("A row of which a message was given up is set aside.")
            return
        }
    }

    @Test("Sixty-four messages are one row")
    func full() {
        #expect(OutboxLedger.mask(64) == .max)
        #expect(OutboxLedger.mask(0) == 0)
        #expect((0..<64).reduce(UInt64(0)) { $0 | OutboxLedger.bit($1) } == .max)
    }
}
