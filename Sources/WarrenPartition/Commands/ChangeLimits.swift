import Warren
package import WarrenMessaging

/// Changes the limits of an activity in this partition, and shows those of all.
extension LimitsCommand: PartitionCommand {
    /// The message itself: no instance is to blame for it. `@` begins no instance ID.
    package var crashSubject: String? { "@question:" + String(crashHash, radix: 16) }

    package var crashHash: UInt64 {
        var hash = CrashHash()
        hash.add("limits")
        hash.add("\(change, default: "")")
        return hash.result
    }

    func resolve(_ state: inout PartitionState, _ frame: Frame) throws(Unresolved) {}

    func apply(_ found: Void, _ state: inout PartitionState, _ step: inout Step, _ frame: Frame) {
        switch change {
        case nil: break
        case .set(let activity, let limits, let isOperators):
            state.changeLimits(of: activity, &step, frame) { known in
                if isOperators { known.operators = limits } else { known.code = limits }
            }
        case .clear(let activity):
            state.changeLimits(of: activity, &step, frame) { $0 = KnownLimits(activity: activity) }
        }
        guard let reply = context.reply else { return }
        step.replies.append(
            frame.wire.answer(state.knownLimits(frame), to: reply, instanceID: nil, at: step.now))
    }
}

extension PartitionState {
    fileprivate func knownLimits(_ frame: Frame) -> LimitsReply {
        LimitsReply(
            permits.all.map { permits in
                let activity = permits.known.activity
                return LimitsReply.Entry(
                    activity: activity, code: permits.known.code, operators: permits.known.operators,
                    isOwner: frame.wire.partition(ofPermitsOf: activity) == frame.rules.partition,
                    waiting: permits.waitingCount, running: permits.givenCount, oldest: permits.oldest)
            })
    }
}
