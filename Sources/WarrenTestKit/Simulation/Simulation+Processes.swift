import Warren
import WarrenHost
import WarrenMessaging
import WarrenStorage

/// The simulated processes: their starts, their ends, and what surrounds them.
extension Simulation {
    /// Makes a function that runs episodes later, more than once, or not at all.
    private func later(_ life: SimLife)
        -> @Sendable (_ instanceID: String, _ body: @escaping @Sendable () -> Void) -> Void
    {
        { [self] instanceID, body in
            guard faults.strikes(.executorFallsSilent, of: instanceID) == nil else { return }
            let times = faults.strikes(.executorAnswersTwice, of: instanceID) == nil ? 1 : 2
            for _ in 0..<times {
                world.after(faults.delay("episode", instanceID, most: 5000)) { life.run(body) }
            }
        }
    }

    /// Starts a process. If another one consumes the queues, it follows; if another one follows as well, it is not
    /// needed.
    ///
    /// - Parameter place: the number of its set of disks, if no other process uses it.
    func startProcess(at place: Int) {
        let follows = host != nil
        if follows, !plan.hasFollower || standby != nil { return }
        let place = freePlace(place)
        processes += 1
        let life = SimLife(world)
        let connection = SimConnection(place == 0 ? "host" : "host-\(place)", broker, life: life)
        connection.acknowledgesEarly = bug == .ackBeforeCommit
        connection.losesConfirmed = bug == .removedBeforeConfirm
        checker.watch(connection)
        let clock = SimClock(world, skew: skew, life: life)
        let number = processes
        let host = SimHost(number, life: life, connection: connection, clock: clock, place: place)
        if follows { standby = host } else { self.host = host }
        while plan.isJournalled, files.count <= place {
            let name = "h\(files.count)-"
            files.append((0..<Self.partitions).map { SimDisk($0, world, faults, name: name) })
        }
        world.trace { "** process \(number) starts\(follows ? ", and follows" : "")" }
        let functions = FunctionRegistry()
        SimProgram.register(with: functions) { [self] in poison(host, $0) }
        if let most = plan.concurrency {
            functions.limit(SimProgram.activityName, to: ActivityLimits(concurrency: most))
        }
        var parts = SimulatedProcess.Parts(
            names: names, configuration: configuration, functions: functions, clock: clock, transport: connection,
            open: { [self] partition in try open(partition, host) }, executor: world.executor,
            partitionExecutor: world.executor.partitions,
            random: RandomSource { [self] in
                randoms += 1
                return world.draws.number("random", "host", Int(randoms))
            },
            steady: { [self] in start.advanced(by: .microseconds(world.time)) },
            answering: { [self] body in
                world.after(faults.delay("answer", "host", most: 500)) { life.run(body) }
            },
            episodes: plan.answersLater ? later(life) : nil,
            isDetoured: { [self] partition in
                detoured.contains(partition)
                    || connection.waiting(in: names.detourQueue(partition, of: Self.partitions)) > 0
            },
            remember: { [self] isDetoured, partition in
                guard !life.isOver else { return }
                if isDetoured { detoured.insert(partition) } else { detoured.remove(partition) }
            }, report: { [self] in if !life.isOver { world.fail("stuck", "the process", $0) } },
            window: plan.window,
            routesLocally: plan.routesLocally, logger: logger,
            journals: plan.isJournalled ? surroundings(host, follows: follows) : nil)
        if plan.changesCode, !plan.answersLater, number % 2 == 0 {
            parts.changeRunner = { [self] runner in SimChangedCode(runner) { [self] in !faults.isOver } }
        }
        if bug == .forgottenRun, !plan.answersLater { parts.changeRunner = { SimForgetfulSchedules($0) } }
        watchSchedules(&parts)
        setVersions(of: number, &parts)
        setPayloads(of: host, &parts)
        do {
            let process = try SimulatedProcess(parts)
            host.process = process
            if bug == .resultTakenTwice {
                checker.onCompletion = { partition, instanceID, task in
                    process.reopenForTest(task, of: instanceID, partition: partition)
                }
            }
        } catch {
            // The process is started again, as an operator's supervisor would.
            doesNotStart(host, error)
        }
    }

    private func doesNotStart(_ host: SimHost, _ error: any Error) {
        guard !host.life.isOver else { return }
        world.trace { "** process \(host.number) does not start: \(error)" }
        kill(host, downFor: 500_000)
    }

    private func open(_ partition: Int, _ host: SimHost) throws -> SimStore {
        let disk = disks[partition]
        if faults.strikes(.openFails, of: disk.entity) != nil { throw StorageError(.io, "The disk failed.") }
        disk.damage()
        let store = SimStore(
            disk, hub: names.text, partitionCount: Self.partitions, life: host.life,
            kill: { [self] in kill(host, downFor: 50_000) })
        store.losesTimer = bug == .lostTimer
        return store
    }

    /// Ends a process, and starts another one on its disks if it is the one that consumes the hub's queues, or the one
    /// that follows.
    ///
    /// - Parameter time: the time until then; `nil` for never.
    func kill(_ host: SimHost, downFor time: Int64? = nil) {
        guard !host.life.isOver else { return }
        world.trace { "** the process \(host.number) dies" }
        host.life.end()
        // What its code still does leaves nothing there.
        records[host.place] = records[host.place]?.copy()
        host.connection.die()
        host.clock.stop()
        host.process?.abandon()
        host.process = nil
        if host === standby {
            standby = nil
        } else if host === self.host {
            self.host = nil
            promote()
        } else {
            return
        }
        if let time { world.after(time) { [self] in startProcess(at: host.place) } }
    }

    /// Lets the process that follows have its turn.
    private func promote() {
        guard let next = standby else { return }
        standby = nil
        host = next
        promotions += 1
        world.after(faults.delay("turn", "host", most: 5000)) {
            next.life.run { next.process?.takeTurn() }
        }
    }

    /// Ends a process over an instance.
    private func poison(_ host: SimHost, _ instanceID: String) {
        guard !host.life.isOver else { return }
        poisonings[instanceID, default: 0] += 1
        if poisonings[instanceID, default: 0] > Self.mostPoisonings {
            world.fail("P1", instanceID, "processes die over it without end")
        }
        kill(host, downFor: 50_000)
        if plan.poisonTakesDisks { loseDisks(of: host) }
    }

    func loseDisks(of host: SimHost) {
        for disk in files[host.place] { disk.lose() }
        records[host.place] = nil
    }

    private func record(of place: Int) -> FlightRecord {
        let record = records[place] ?? FlightRecord()
        records[place] = record
        return record
    }

    /// The number of deaths over one instance that the host's rules cannot exceed, deaths of other causes included.
    private static let mostPoisonings = 40

    /// Returns the number of a set of disks that no process uses: the given one if possible.
    private func freePlace(_ place: Int) -> Int {
        let running = (zombies + [host, standby].compactMap { $0 }).filter { !$0.life.isOver }
        let used = Set(running.map(\.place))
        if !used.contains(place) { return place }
        return (0...files.count).first { !used.contains($0) } ?? files.count
    }

    func stopProcess(downFor time: Int64) {
        guard let host, let process = host.process else { return }
        world.trace { "** the process is asked to stop" }
        process.stop { [self] in
            guard !host.life.isOver else { return }
            world.trace { "** the process has stopped" }
            kill(host, downFor: time)
        }
        // The delay is the process's grace period.
        world.after(25_000_000) { [self] in kill(host, downFor: time) }
    }

    // MARK: - Journals

    private func surroundings(_ host: SimHost, follows: Bool) -> SimulatedJournals {
        SimulatedJournals(
            files: { [self] partition in
                SimPartitionFiles(
                    disk: files[host.place][partition], hub: names.text, partitionCount: Self.partitions,
                    life: host.life, kill: { [self] in kill(host, downFor: 50_000) }, losesTimer: bug == .lostTimer,
                    copies: plan.journalBytes == nil ? nil : copies)
            },
            secret: { PartitionSecret(bytes: SimDisk.secret(of: $0)) },
            recordedStore: { [self] in recordedStores[$0] },
            opened: { [self] partition, storeID in
                guard !host.life.isOver else { return }
                if let recorded = recordedStores[partition], recorded != storeID {
                    world.fail("J1", "partition \(partition)", "its journal is another one")
                }
                recordedStores[partition] = storeID
            },
            mayClaim: {
                // Only the consumer of a partition's queue claims it.
                if host.connection.isDropped { throw StorageError(.overtaken, "Another host has the queue.") }
            },
            failed: { [self] in startFailed(host, $0) },
            ended: { [self] in ended(host, $0, $1) }, bug: bug?.journalBug, hostID: "host-\(host.number)",
            journalBytes: plan.journalBytes ?? TaskHubTopology.journalBytes, follows: follows,
            isFollowed: { [self] in standby != nil }, record: record(of: host.place))
    }

    private func startFailed(_ host: SimHost, _ error: any Error) {
        guard !host.life.isOver else { return }
        if let error = error as? StorageError, error.reach == .file {
            return world.fail("J3", "process \(host.number)", "it does not start: \(error)")
        }
        doesNotStart(host, error)
    }

    private func ended(_ host: SimHost, _ partition: Int, _ error: HostError) {
        guard !host.life.isOver else { return }
        world.trace { "** process \(host.number) ends partition \(partition): \(error)" }
        guard host !== self.host, (error.cause as? StorageError)?.code == .overtaken else {
            return world.fail("J3", "process \(host.number)", "\(error)")
        }
        host.lost.insert(partition)
        if host.lost.count == Self.partitions { kill(host) }
    }

    /// Lets another host take over from one that is frozen, or does not learn that it lost its queues.
    func takeOver(frozenFor time: Int64) {
        guard plan.isJournalled, let zombie = host else { return }
        zombies.append(zombie)
        zombie.connection.dropConsumers()
        if time > 0 { zombie.life.freeze(for: time) }
        host = nil
        promote()
        world.after(1) { [self] in startProcess(at: freePlace(zombie.place)) }
    }

    /// Checks the files and the processes of a hub with journals when nothing happens any more.
    func checkJournals() {
        for (place, disks) in files.enumerated() {
            for disk in disks {
                do {
                    if let fault = try journals[disk.partition].fault(of: disk) {
                        world.fail("J1", "disk \(place) of partition \(disk.partition)", fault)
                    }
                } catch {
                    world.fail("J1", disk.entity, "what counts cannot be applied: \(error)")
                }
            }
        }
        for zombie in zombies where !zombie.life.isOver {
            for partition in zombie.process?.owned ?? [] {
                world.fail("J3", "partition \(partition)", "a host that was overtaken believes that it has it")
            }
        }
        if let standby {
            for (disk, journal) in zip(files[standby.place], journals) where disk.rows.position != journal.position {
                world.fail("J2", disk.entity, "the file of the host that follows does not have all that counts")
            }
        }
        guard let host else { return }
        for (disk, journal) in zip(files[host.place], journals) where disk.rows.position != journal.position {
            world.fail("J2", disk.entity, "the owner's file does not have all that counts")
        }
    }
}

extension FlightRecord {
    /// Copies what a process leaves behind.
    fileprivate func copy() -> FlightRecord {
        let copy = FlightRecord()
        for (partition, mark) in marks { copy.set(mark, of: partition) }
        copy.suspects = suspects
        return copy
    }
}
