/// Calls, signals and locks of entities.
///
/// A request is an event that is sent to the entity, and its answer is an event that is raised here, named `@` and the
/// number of the request: histories look as those of the Durable Task Framework do.
extension OrchestratorCore {
    // MARK: Calls and signals

    /// Calls an operation.
    ///
    /// - Parameter isSameInput: Whether a recorded input may be used for the present value.
    func callEntity(
        _ entity: EntityID, _ operation: String, _ input: Payload, _ site: CallSite,
        isSameInput: (Payload) -> Bool = { _ in false }
    ) throws -> TaskSlot {
        try check(entity, site)
        if let lock = entities?.lock, lock.isHeld, !lock.entities.contains(entity) {
            throw locked("'\(entity)' is not locked: while entities are locked, only these can be called.", site)
        }
        let id = nextID
        try request(entity, operation, EntityRequest(isSignal: false, input: input), site, isSameInput)
        return opened(id, operation)
    }

    /// Sends an operation without an answer.
    func signalEntity(
        _ entity: EntityID, _ operation: String, _ input: Payload, due: Timestamp?, _ site: CallSite,
        isSameInput: (Payload) -> Bool = { _ in false }
    ) throws {
        try check(entity, site)
        if let lock = entities?.lock, lock.isHeld, lock.entities.contains(entity) {
            throw locked("'\(entity)' is locked by this orchestration, and locked entities are not signalled.", site)
        }
        try request(entity, operation, EntityRequest(isSignal: true, input: input, due: due), site, isSameInput)
    }

    private func request(
        _ entity: EntityID, _ operation: String, _ request: EntityRequest, _ site: CallSite,
        _ isSameInput: (Payload) -> Bool
    ) throws {
        let id = nextID
        var request = request
        request.caller = EntityRequest.Caller(
            instanceID: started.instanceID, executionID: executionID, taskID: id)
        // A scheduled signal stands apart from the others: it has no effect before its time.
        if request.due == nil { request.after = predecessor(entity) }
        try ask(.sendEvent(id: id, instanceID: entity.instanceID, name: operation, input: request.payload), site) {
            request.isSame($0, isSameInput)
        }
        if entities == nil { entities = EntityDealings() }
        if request.due == nil { entities?.latest[entity] = (id, now) }
    }

    /// The number of the request after which the next one to an entity comes.
    private func predecessor(_ entity: EntityID) -> Int? {
        guard let latest = entities?.latest[entity] else { return nil }
        return now.duration(since: latest.at) < EntityDealings.orderWindow ? latest.id : nil
    }

    private func opened(_ id: Int, _ name: String) -> TaskSlot {
        let slot = TaskSlot(kind: .entity, id: id, name: name)
        entities?.open[id] = slot
        return slot
    }

    // MARK: Locks

    /// Asks for the lock of a set of entities. They are locked one after the other in the order of their IDs, which is
    /// the same for everyone: so no two orchestrations wait for each other.
    func requestLock(_ wanted: [EntityID], _ site: CallSite) throws -> TaskSlot {
        guard entities?.lock == nil else {
            throw locked("This orchestration has locked entities already; locks are not nested.", site)
        }
        for entity in wanted { try check(entity, site) }
        let ordered = Set(wanted).sorted { $0.instanceID.utf8.lexicographicallyPrecedes($1.instanceID.utf8) }
        let id = nextID
        let lockSet = ordered.map(\.instanceID)
        guard let first = ordered.first else { throw locked("There is no entity to lock.", site) }
        try request(first, EntityRequest.Reserved.lock, EntityRequest(isSignal: false, lockSet: lockSet), site) {
            $0.isNull
        }
        entities?.lock = EntityDealings.Lock(id: id, entities: ordered)
        return opened(id, "lock of \(lockSet.joined(separator: ", "))")
    }

    /// Releases the lock that is held.
    func releaseLock(_ site: CallSite) throws {
        guard isEntered, !isInert, let lock = entities?.lock else { return }
        entities?.lock = nil
        try release(lock, site)
    }

    /// Forgets a lock that was refused.
    func forgetLock() {
        if isEntered, !isInert { entities?.lock = nil }
    }

    private func release(_ lock: EntityDealings.Lock, _ site: CallSite) throws {
        for entity in lock.entities {
            var request = EntityRequest(isSignal: true)
            // The lock is named by its request. The release follows everything that was asked of the entity.
            request.caller = EntityRequest.Caller(
                instanceID: started.instanceID, executionID: executionID, taskID: lock.id)
            request.after = predecessor(entity)
            let id = nextID
            try ask(
                .sendEvent(
                    id: id, instanceID: entity.instanceID, name: EntityRequest.Reserved.release,
                    input: request.payload), site
            ) { request.isSame($0) { $0.isNull } }
            entities?.latest[entity] = (id, now)
        }
    }

    /// Refuses what is not allowed while entities are locked.
    func checkUnlocked(_ site: CallSite) throws {
        guard let lock = entities?.lock, lock.isHeld else { return }
        throw locked("A sub-orchestration cannot be called while entities are locked.", site)
    }

    // MARK: Answers

    /// Takes the answer to a request.
    ///
    /// - Returns: Whether the event is one.
    func receiveAnswer(_ eventName: String, _ input: Payload) -> Bool {
        guard let number = EntityAnswer.number(eventName), let dealings = entities,
            let answer = EntityAnswer(eventName: eventName, input),
            answer.executionID.isExactly(executionID) || dealings.formerExecutions.contains(answer.executionID)
        else { return false }
        if let lock = dealings.abandoned[number] {
            entities?.abandoned[number] = nil
            if case .locked = answer.outcome { releaseAbandoned(lock) }
            return true
        }
        guard let slot = dealings.open[number] else { return false }
        entities?.open[number] = nil
        switch answer.outcome {
        case .completed(let result): settle(slot, .result(result))
        case .failed(let failure): settle(slot, .refused(failure))
        case .locked:
            entities?.lock?.isHeld = true
            settle(slot, .fired)
        }
        return true
    }

    private func releaseAbandoned(_ lock: EntityDealings.Lock) {
        do {
            try release(lock, CallSite(#fileID, #line))
        } catch {
            // The execution has failed: its partition releases what it holds.
        }
    }

    /// Notes that no code waits for an answer any more. A lock is released as soon as it is there.
    func abandonRequest(_ slot: TaskSlot) {
        guard isEntered, !isInert, slot.outcome == nil, let lock = entities?.lock, lock.id == slot.id else { return }
        entities?.open[slot.id] = nil
        entities?.lock = nil
        entities?.abandoned[lock.id] = lock
    }

    // MARK: Checks

    private func check(_ entity: EntityID, _ site: CallSite) throws {
        if let problem = entity.problem {
            throw WarrenError(.invalidInstanceID, problem, file: site.file, line: site.line)
        }
    }

    private func locked(_ message: String, _ site: CallSite) -> WarrenError {
        WarrenError(.lockedEntities, message, file: site.file, line: site.line)
    }
}
