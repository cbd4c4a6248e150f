internal import ConfigModel
internal import SupervisorCore

/// The page `/metrics`: the text format 0.0.4 of Prometheus.
///
/// Every series is there from the start, with 0, so that the first increment is seen as one.
struct MetricsText {
    /// The signals that Knell takes.
    private static let signals = ["SIGTERM", "SIGINT", "SIGHUP"]

    private(set) var text = ""

    /// The page of one moment.
    init(of snapshot: StatusSnapshot) {
        for metric in Metric.allCases {
            text += "# HELP \(metric.rawValue) \(metric.help).\n# TYPE \(metric.rawValue) \(metric.kind.rawValue)\n"
            addSamples(of: metric, snapshot)
        }
    }

    private mutating func addSamples(of metric: Metric, _ snapshot: StatusSnapshot) {
        let (rules, tally) = (snapshot.run.rules, snapshot.tally)
        func counts(_ rule: RuleStatus) -> Tally.RuleCounts { tally.rules[rule.name] ?? Tally.RuleCounts() }
        switch metric {
        case .buildInfo: add(metric, [("version", snapshot.identity.version)], 1)
        case .startTime: add(metric, value: "\(Double(snapshot.identity.startedAt) / 1_000)")
        case .dryRun: add(metric, snapshot.identity.isDryRun ? 1 : 0)
        case .ruleState:
            for rule in rules {
                for state in RuleStatus.State.allCases {
                    add(metric, [("rule", rule.name), ("state", state.rawValue)], rule.state == state ? 1 : 0)
                }
            }
        case .rulesFired:
            for rule in rules {
                for outcome in Outcome.allCases {
                    add(
                        metric, [("rule", rule.name), ("outcome", outcome.name)],
                        counts(rule).firings[outcome.name] ?? 0)
                }
            }
        case .targetsAlive:
            for rule in rules {
                for (index, target) in rule.targets.enumerated() {
                    add(metric, [("rule", rule.name), ("target", "\(index)")], target.processes.count)
                }
            }
        case .targetExits:
            for rule in rules {
                for ending in Tally.Ending.allCases {
                    add(
                        metric, [("rule", rule.name), ("status", ending.rawValue)], counts(rule).endings[ending] ?? 0)
                }
            }
        case .actions:
            for rule in rules {
                for result in Tally.ActionResult.allCases {
                    add(
                        metric, [("rule", rule.name), ("result", result.rawValue)], counts(rule).actions[result] ?? 0)
                }
            }
        case .actionRetries: for rule in rules { add(metric, [("rule", rule.name)], counts(rule).retries) }
        case .actionDuration:
            for rule in rules {
                let seconds = Double(counts(rule).actionTime.wholeNanoseconds) / 1e9
                add(metric, suffix: "_sum", [("rule", rule.name)], value: "\(seconds)")
                add(metric, suffix: "_count", [("rule", rule.name)], value: "\(counts(rule).actionCount)")
            }
        case .scans: add(metric, tally.scans)
        case .scanFailures: add(metric, tally.scanFailures)
        case .configReloads:
            for result in Tally.ReloadResult.allCases {
                add(metric, [("result", result.rawValue)], tally.reloads[result] ?? 0)
            }
        case .signals:
            for signal in Self.signals + tally.signals.keys.filter({ !Self.signals.contains($0) }).sorted() {
                add(metric, [("signal", signal)], tally.signals[signal] ?? 0)
            }
        case .droppedLines: add(metric, snapshot.droppedLines)
        }
    }

    private mutating func add(_ metric: Metric, _ value: Int) { add(metric, value: "\(value)") }

    private mutating func add(_ metric: Metric, _ labels: [(name: String, value: String)], _ value: Int) {
        add(metric, labels, value: "\(value)")
    }

    private mutating func add(
        _ metric: Metric, suffix: String = "", _ labels: [(name: String, value: String)] = [], value: String
    ) {
        let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        text += metric.rawValue + suffix + (pairs.isEmpty ? "" : "{\(pairs)}") + " \(value)\n"
    }

    /// A label's value as it stands between quotation marks.
    static func escaped(_ value: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
            case "\"": result.append(contentsOf: "\\\"".unicodeScalars)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
