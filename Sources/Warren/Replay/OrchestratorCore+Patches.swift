import WarrenSupport

extension OrchestratorCore {
    /// Whether code asks for the new branch of a change: yes in an execution that comes to this place for the first time,
    /// and in one that has the patch in its history; no in one that passed the place before there was the patch.
    func isPatched(_ name: String, isDeprecated: Bool, _ site: CallSite) -> Bool {
        guard isLive(site) else { return false }
        if let answer = patches.answers[name] { return answer }
        if let problem = NameRules.problem(name: name) {
            fail(.invalidPatch(self, site, problem))
            return false
        }
        // New patches count as actions, so that a loop which makes up names ends at the limit.
        do { try admitNow(site) } catch { return false }
        let holds = isReplaying ? patches.replay(name) : true
        if !isReplaying { actions.append(.markPatch(name: name, isDeprecated: isDeprecated)) }
        patches.answer(name, holds)
        return holds
    }
}
