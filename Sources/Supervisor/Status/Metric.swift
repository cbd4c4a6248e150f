/// A metric, as docs/status.md lists it.
enum Metric: String, Hashable, Sendable, CaseIterable {
    /// How its numbers behave, by the name that Prometheus uses.
    enum Kind: String, Hashable, Sendable {
        case counter
        case gauge
        case summary
    }

    case buildInfo = "knell_build_info"
    case startTime = "process_start_time_seconds"
    case dryRun = "knell_dry_run"
    case ruleState = "knell_rule_state"
    case rulesFired = "knell_rules_fired_total"
    case targetsAlive = "knell_targets_alive"
    case targetExits = "knell_target_exits_total"
    case actions = "knell_actions_total"
    case actionRetries = "knell_action_retries_total"
    case actionDuration = "knell_action_duration_seconds"
    case scans = "knell_scans_total"
    case scanFailures = "knell_scan_failures_total"
    case configReloads = "knell_config_reloads_total"
    case signals = "knell_signals_total"
    case droppedLines = "knell_log_lines_dropped_total"

    var kind: Kind {
        switch self {
        case .buildInfo, .startTime, .dryRun, .ruleState, .targetsAlive: .gauge
        case .rulesFired, .targetExits, .actions, .actionRetries, .scans, .scanFailures, .configReloads, .signals,
            .droppedLines:
            .counter
        case .actionDuration: .summary
        }
    }

    /// What it measures, in a sentence without its full stop.
    var help: String {
        switch self {
        case .buildInfo: "1, with the version of Knell as label"
        case .startTime: "When Knell started, in seconds since 1970"
        case .dryRun: "1 where actions are logged and not done"
        case .ruleState: "1 for the state in which the rule is, 0 for the others"
        case .rulesFired: "How often the actions of the rule began, by outcome"
        case .targetsAlive: "Living processes that the target watches"
        case .targetExits: "Watched processes that ended, by how they ended"
        case .actions: "Actions that came to an end, by result"
        case .actionRetries: "Attempts that failed and were followed by another"
        case .actionDuration: "Time that actions took from their start, all attempts and pauses included"
        case .scans: "How often the process table was read"
        case .scanFailures: "How often the process table could not be read"
        case .configReloads: "New versions of the configuration, by what became of them"
        case .signals: "Signals that Knell received"
        case .droppedLines: "Lines of the log that were dropped, since nobody read them or they could not be written"
        }
    }
}
