/// What each command does in each state: the status afterwards, what is written, and what is said. `-` is removed, `waits` is
/// not settled. The words are those of `PartitionBench.summary`.
///
/// The orchestrator of the table calls an activity (0), sets a timer (1) and calls a sub-orchestration (2) when it starts, and
/// ends with the activity's answer, suspended or not.
enum CommandTable {
    private static let text = """
        absent
          start: running row1 history1 inbox1 timer1 work:Act start reply:accepted
          startAgain: running row1 history1 inbox1 timer1 work:Act start reply:accepted
          startAnew: running row1 history1 inbox1 timer1 work:Act start reply:accepted
          raise: none held1
          terminate: none dead:unknown-instance reply:rejected
          suspend: none dead:unknown-instance reply:rejected
          resume: none dead:unknown-instance reply:rejected
          purge: none dead:unknown-instance reply:rejected
          result: none
          failure: none
          heartbeat: none
          giveBack: none
          child: none
          timer: none -timer1
          lease: none
          undeliverable: none
          wait: none asked
          status: none asked
          purgePage: none reply:answered
        scheduled
          start: pending inbox1 reply:accepted
          startAgain: pending reply:accepted
          startAnew: pending dead:instance-exists reply:rejected
          raise: pending inbox1 held1 reply:accepted
          terminate: terminated row1 history1 inbox1 -timer1 lifecycle:orchestration.Terminated.Known console reply:accepted
          suspend: suspended row1 inbox1 held1 reply:accepted
          resume: pending inbox1 reply:accepted
          purge: pending dead:instance-not-finished reply:rejected
          result: pending
          failure: pending
          heartbeat: pending
          giveBack: pending
          child: pending
          timer: pending -timer1
          lease: pending
          undeliverable: pending
          wait: pending row1
          status: pending asked
          purgePage: pending reply:answered
        heldBack
          start: suspended inbox1 reply:accepted
          startAgain: suspended reply:accepted
          startAnew: suspended dead:instance-exists reply:rejected
          raise: suspended inbox1 held1 reply:accepted
          terminate: terminated row1 history1 inbox1 -timer1 -held1 lifecycle:orchestration.Terminated.Known console reply:accepted
          suspend: suspended reply:accepted
          resume: pending row1 inbox1 held1 reply:accepted
          purge: suspended dead:instance-not-finished reply:rejected
          result: suspended
          failure: suspended
          heartbeat: suspended
          giveBack: suspended
          child: suspended
          timer: suspended -timer1
          lease: suspended
          undeliverable: suspended
          wait: suspended row1
          status: suspended asked
          purgePage: suspended reply:answered
        running
          start: running inbox1 reply:accepted
          startAgain: running reply:accepted
          startAnew: running dead:instance-exists reply:rejected
          raise: running row1 history1 inbox1 reply:accepted
          terminate: terminated row1 history1 inbox1 -timer1 work:@cancel lifecycle:orchestration.Terminated.Known console reply:accepted
          suspend: suspended row1 history1 inbox1 reply:accepted
          resume: running inbox1 reply:accepted
          purge: running dead:instance-not-finished reply:rejected
          result: completed row1 history1 -timer1
          failure: failed row1 history1 -timer1 lifecycle:orchestration.Failed.Known console
          heartbeat: running lease1
          giveBack: running lease1 work:Act
          child: running row1 history1
          timer: running row1 history1 -timer1
          lease: running
          undeliverable: failed row1 history1 -timer1 lifecycle:orchestration.Failed.Known console
          wait: running row1
          status: running asked
          purgePage: running reply:answered
        suspended
          start: suspended inbox1 reply:accepted
          startAgain: suspended reply:accepted
          startAnew: suspended dead:instance-exists reply:rejected
          raise: suspended row1 history1 inbox1 reply:accepted
          terminate: terminated row1 history1 inbox1 -timer1 work:@cancel lifecycle:orchestration.Terminated.Known console reply:accepted
          suspend: suspended reply:accepted
          resume: running row1 history1 inbox1 reply:accepted
          purge: suspended dead:instance-not-finished reply:rejected
          result: completed row1 history1 -timer1
          failure: failed row1 history1 -timer1 lifecycle:orchestration.Failed.Known console
          heartbeat: suspended lease1
          giveBack: suspended lease1 work:Act
          child: suspended row1 history1
          timer: suspended row1 history1 -timer1
          lease: suspended
          undeliverable: failed row1 history1 -timer1 lifecycle:orchestration.Failed.Known console
          wait: suspended row1
          status: suspended asked
          purgePage: suspended reply:answered
        completed
          start: completed inbox1 reply:accepted
          startAgain: completed reply:accepted
          startAnew: running row1 history1 inbox1 timer1 work:Act start reply:accepted
          raise: completed dead:instance-finished reply:rejected
          terminate: completed dead:instance-finished reply:rejected
          suspend: completed dead:instance-finished reply:rejected
          resume: completed dead:instance-finished reply:rejected
          purge: none inbox1 purged1 reply:accepted purge
          result: completed
          failure: completed
          heartbeat: completed
          giveBack: completed
          child: completed
          timer: completed -timer1
          lease: completed
          undeliverable: completed
          wait: completed asked
          status: completed asked
          purgePage: none purged1 purge reply:answered
        failed
          start: failed inbox1 reply:accepted
          startAgain: failed reply:accepted
          startAnew: running row1 history1 inbox1 timer1 work:Act start reply:accepted
          raise: failed dead:instance-finished reply:rejected
          terminate: failed dead:instance-finished reply:rejected
          suspend: failed dead:instance-finished reply:rejected
          resume: failed dead:instance-finished reply:rejected
          purge: none inbox1 purged1 reply:accepted purge
          result: failed
          failure: failed
          heartbeat: failed
          giveBack: failed
          child: failed
          timer: failed -timer1
          lease: failed
          undeliverable: failed
          wait: failed asked
          status: failed asked
          purgePage: none purged1 purge reply:answered
        terminated
          start: terminated inbox1 reply:accepted
          startAgain: terminated reply:accepted
          startAnew: running row1 history1 inbox1 timer1 work:Act start reply:accepted
          raise: terminated dead:instance-finished reply:rejected
          terminate: terminated dead:instance-finished reply:rejected
          suspend: terminated dead:instance-finished reply:rejected
          resume: terminated dead:instance-finished reply:rejected
          purge: none inbox1 purged1 reply:accepted purge
          result: terminated
          failure: terminated
          heartbeat: terminated
          giveBack: terminated
          child: terminated
          timer: terminated -timer1
          lease: terminated
          undeliverable: terminated
          wait: terminated asked
          status: terminated asked
          purgePage: none purged1 purge reply:answered
        purged
          start: running row1 history1 inbox1 timer1 work:Act start reply:accepted
          startAgain: none reply:rejected
          startAnew: running row1 history1 inbox1 timer1 work:Act start reply:accepted
          raise: none held1
          terminate: none dead:unknown-instance reply:rejected
          suspend: none dead:unknown-instance reply:rejected
          resume: none dead:unknown-instance reply:rejected
          purge: none dead:unknown-instance reply:rejected
          result: none
          failure: none
          heartbeat: none
          giveBack: none
          child: none
          timer: none -timer1
          lease: none
          undeliverable: none
          wait: none asked
          status: none asked
          purgePage: none reply:answered
        damaged
          start: failed row1 inbox1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row reply:accepted
          startAgain: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row reply:accepted
          startAnew: running row2 history1 inbox1 timer1 aside1 lifecycle:orchestration.Failed.Known console work:Act start dead:damaged-row reply:accepted
          raise: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row dead:instance-finished reply:rejected
          terminate: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row dead:instance-finished reply:rejected
          suspend: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row dead:instance-finished reply:rejected
          resume: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row dead:instance-finished reply:rejected
          purge: none inbox1 purged1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row reply:accepted
          result: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row
          failure: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row
          heartbeat: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row
          giveBack: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row
          child: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row
          timer: failed row1 -timer1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row
          lease: running
          undeliverable: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row
          wait: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row asked
          status: running asked
          purgePage: running reply:answered
        unreadable
          start: running inbox1 reply:accepted
          startAgain: running reply:accepted
          startAnew: running dead:instance-exists reply:rejected
          raise: failed row1 inbox1 aside1 lifecycle:orchestration.Failed.Known console reply:accepted dead:damaged-row
          terminate: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row dead:instance-finished reply:rejected
          suspend: failed row1 inbox1 aside1 lifecycle:orchestration.Failed.Known console reply:accepted dead:damaged-row
          resume: running inbox1 reply:accepted
          purge: running dead:instance-not-finished reply:rejected
          result: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row
          failure: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row
          heartbeat: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row
          giveBack: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row
          child: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row
          timer: failed row1 -timer1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row
          lease: running
          undeliverable: failed row1 aside1 lifecycle:orchestration.Failed.Known console dead:damaged-row
          wait: running row1
          status: running asked
          purgePage: running reply:answered
        """

    static let expected: [CommandTableTests.State: [CommandTableTests.Asked: String]] = {
        var table: [CommandTableTests.State: [CommandTableTests.Asked: String]] = [:]
        var state: CommandTableTests.State?
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            let name = String(parts[0].drop { $0 == " " })
            if parts.count == 1 {
                state = CommandTableTests.State(rawValue: name)
            } else if let state, let asked = CommandTableTests.Asked(rawValue: name) {
                table[state, default: [:]][asked] = String(parts[1].dropFirst())
            }
        }
        return table
    }()
}
