import TestSupport
import Warren

@testable import WarrenMessaging

/// Hosts that compete for one partition through a log that delays, repeats, loses and keeps back what they append.
///
/// Small on purpose: a host takes inputs by number, and a record carries one. It states the first broken promise.
struct JournalWorld {
    /// A mistake of a host, in contrast to one of the fold.
    enum Mistake: CaseIterable {
        /// Goes on under its claim after it lost its publishing connection.
        case goesOnUnderItsClaim
        /// Decides upon inputs before its claim counts.
        case decidesEarly
    }

    private struct Host {
        var fold: NaiveFold
        var read = 0
        /// The inputs that counted, and the number of records that counted behind the claim, as far as the host has read.
        var done: Set<UInt8> = []
        var counted: UInt64 = 0
        var claim: UInt64?
        var isOwner = false
        var next: UInt64 = 0
        var inFlight: Set<UInt8> = []
        /// Inputs that were decided upon before the claim counted.
        var early: [UInt8] = []
        /// Appended and still on the way, in order; and what a lost connection may yet deliver.
        var net: [JournalRecord] = []
        var limbo: [JournalRecord] = []
    }

    private static let inputs: [UInt8] = Array(0..<6)

    private var random: SeededGenerator
    private var hosts: [Host]
    private var log: [JournalRecord]
    private var active = 0
    private var claims: UInt64 = 0
    private let mistake: Mistake?
    private(set) var broken: String?
    /// The number of inputs that one host saw done, at the most.
    var done: Int { hosts.map(\.done.count).max() ?? 0 }

    init(seed: UInt64, bug: NaiveFold.Bug? = nil, mistake: Mistake? = nil) {
        random = SeededGenerator(seed: seed)
        self.mistake = mistake
        hosts = Array(repeating: Host(fold: NaiveFold(bug: bug)), count: 3)
        let genesis = JournalGenesis(partition: 0, partitionCount: 1, schema: 1, secret: [])
        log = [Self.record(0, 0, 0, .genesis(genesis))]
    }

    mutating func run(steps: Int) {
        for _ in 0..<steps where broken == nil && log.count < 60 {
            let host = random.below(hosts.count)
            switch random.below(20) {
            case 0...7: read(host)
            case 8...11: deliver(host)
            case 12...16: act(host)
            case 17: active = random.below(hosts.count)
            case 18: loseConnection(host)
            default: repeatSome()
            }
        }
        for host in hosts.indices { while broken == nil, hosts[host].read < log.count { read(host) } }
    }

    private mutating func act(_ host: Int) {
        if hosts[host].isOwner {
            let taken = hosts[host].done.union(hosts[host].inFlight)
            if hosts[host].inFlight.isEmpty, random.chance(oneIn: 12) {
                append(.release(to: "b"), by: host)
                hosts[host].isOwner = false
            } else if let input = Self.inputs.filter({ !taken.contains($0) }).randomElement(using: &random) {
                hosts[host].inFlight.insert(input)
                append(.commits([[input]]), by: host)
            }
        } else if host == active, hosts[host].claim == nil {
            claims += 1
            hosts[host].claim = claims
            if mistake == .decidesEarly {
                hosts[host].early = Array(Self.inputs.filter { !hosts[host].done.contains($0) }.prefix(2))
            }
            let claim = JournalClaim(host: "\(host)", version: "1")
            hosts[host].net.append(Self.record(hosts[host].fold.epoch + 1, claims, 0, .claim(claim)))
        }
    }

    private mutating func append(_ content: JournalContent, by host: Int) {
        guard let claim = hosts[host].claim else { return }
        hosts[host].net.append(Self.record(hosts[host].fold.epoch, claim, hosts[host].next, content))
        hosts[host].next += 1
    }

    /// The broker takes the next record of a host, unless it loses it; or what a lost connection left.
    private mutating func deliver(_ host: Int) {
        if !hosts[host].limbo.isEmpty, random.chance(oneIn: 2) {
            log.append(hosts[host].limbo.removeFirst())
        } else if !hosts[host].net.isEmpty {
            let record = hosts[host].net.removeFirst()
            if !random.chance(oneIn: 10) { log.append(record) }
        }
    }

    /// After a change of its leader the broker appends its last records again.
    private mutating func repeatSome() { log += log.suffix(random.below(5)) }

    private mutating func loseConnection(_ host: Int) {
        hosts[host].limbo = hosts[host].net
        hosts[host].net = []
        hosts[host].inFlight = []
        if mistake == .goesOnUnderItsClaim, hosts[host].isOwner {
            hosts[host].next = hosts[host].counted
        } else {
            (hosts[host].isOwner, hosts[host].claim, hosts[host].early) = (false, nil, [])
        }
    }

    private mutating func read(_ host: Int) {
        guard hosts[host].read < log.count else { return }
        let (record, offset) = (log[hosts[host].read], Int64(hosts[host].read))
        hosts[host].read += 1
        guard hosts[host].fold.take(record, offset: offset) else {
            if record.isClaim, record.claim == hosts[host].claim, !hosts[host].isOwner { hosts[host].claim = nil }
            return
        }
        switch record.content {
        case .genesis, .part, .snapshot: return
        case .claim:
            (hosts[host].inFlight, hosts[host].counted, hosts[host].next) = ([], 0, 0)
            hosts[host].isOwner = record.claim == hosts[host].claim
            if !hosts[host].isOwner { hosts[host].claim = nil }
            for input in hosts[host].early where hosts[host].isOwner { append(.commits([[input]]), by: host) }
            hosts[host].inFlight.formUnion(hosts[host].isOwner ? hosts[host].early : [])
            hosts[host].early = []
            return
        case .release: if record.claim == hosts[host].claim { hosts[host].claim = nil }
        case .commits(let commits):
            for input in commits.joined() {
                if !hosts[host].done.insert(input).inserted { broken = "input \(input) counts twice" }
                hosts[host].inFlight.remove(input)
            }
        }
        if record.seq != hosts[host].counted { broken = "record \(record.seq) counts as \(hosts[host].counted)" }
        hosts[host].counted += 1
    }

    private static func record(
        _ epoch: UInt64, _ claim: UInt64, _ seq: UInt64, _ content: JournalContent
    ) -> JournalRecord {
        JournalRecord(
            journalID: 1, epoch: epoch, claim: claim, seq: seq, at: Timestamp(microseconds: 0), content: content)
    }
}
