internal import ConfigModel

/// The questions of `knell init`: asks for what is missing among the answers, and checks each answer at once.
package struct Interview: Sendable {
    /// What came of an answer.
    package enum Reply: Hashable, Sendable {
        case accepted
        /// The same question stands again, for this reason.
        case refused(String)
        /// As before, and there is no further try.
        case givenUp(String)
    }

    private enum Question: Hashable {
        case workload
        case airflowVersion
        case subject
        case pattern(InitAnswers.Target.Subject)
        case presets
        case startTimeout
    }

    /// How often one question is asked.
    package static let tries = 3

    package private(set) var answers: InitAnswers
    private var refusals = 0
    private var subject: InitAnswers.Target.Subject?
    /// Nothing is asked of who gave all that is needed by flags.
    private let isNeeded: Bool

    package init(_ answers: InitAnswers) {
        self.answers = answers
        isNeeded = !answers.missingFlags.isEmpty
    }

    private var question: Question? {
        guard isNeeded else { return nil }
        guard let workload = answers.workload else { return .workload }
        if answers.targets.isEmpty {
            switch (workload, subject) {
            case (.airflow, _): if answers.airflowVersion == nil { return .airflowVersion }
            case (_, nil): return .subject
            case (_, let subject?): return .pattern(subject)
            }
        }
        if answers.presets.isEmpty { return .presets }
        return answers.startTimeout == nil ? .startTimeout : nil
    }

    /// What to ask next, the answer that an empty line stands for in brackets; `nil` once all is known.
    package var prompt: String? {
        guard let question else { return nil }
        let text =
            switch question {
            case .workload: "What runs the pod? (\(Self.list(WorkloadKind.allCases.map(\.rawValue))))"
            case .airflowVersion: "Which Airflow? (2, 3)"
            case .subject: "Is the main process known by its name or by its command line? (name, command-line)"
            case .pattern(.name): "Its name, as a regular expression such as ^report$"
            case .pattern(.commandLine): "Its command line, as a regular expression such as 'manage\\.py migrate'"
            case .presets: "What is to stop then, in this order? (\(Self.list(Preset.names)))"
            case .startTimeout: "How long may it take to start? (such as 10m, or none)"
            }
        return text + (usualAnswer(question).map { " [\($0)]: " } ?? ": ")
    }

    private func usualAnswer(_ question: Question) -> String? {
        switch question {
        case .workload: WorkloadKind.job.rawValue
        case .airflowVersion: AirflowVersion.three.rawValue
        case .subject: "name"
        case .pattern: nil
        case .presets: "istio"
        case .startTimeout: answers.workload?.usualStartTimeout ?? InitAnswers.noTimeout
        }
    }

    /// Takes one line as the answer to ``prompt``.
    package mutating func answer(_ line: String) -> Reply {
        guard let question else { return .accepted }
        // A command line may begin or end with a blank on purpose; nothing else does.
        let isVerbatim = question == .pattern(.commandLine)
        let given = isVerbatim && line.contains { $0 != " " } ? line : Self.trimmed(line)
        let text = given.isEmpty ? usualAnswer(question) ?? "" : given
        guard let reason = take(text, question) else {
            refusals = 0
            return .accepted
        }
        refusals += 1
        return refusals < Self.tries ? .refused(reason) : .givenUp(reason)
    }

    /// Why the answer is none; `nil` once it is taken.
    private mutating func take(_ text: String, _ question: Question) -> String? {
        var trial = answers
        switch question {
        case .workload:
            guard let workload = WorkloadKind(rawValue: text) else {
                return Self.choice(WorkloadKind.allCases.map(\.rawValue))
            }
            trial.workload = workload
        case .airflowVersion:
            guard let version = AirflowVersion(rawValue: text) else { return Self.choice(["2", "3"]) }
            trial.airflowVersion = version
        case .subject:
            switch text {
            case "name": subject = .name
            case "command-line": subject = .commandLine
            default: return Self.choice(["name", "command-line"])
            }
            return nil
        case .pattern(let subject):
            guard !text.isEmpty else { return "write a regular expression" }
            trial.targets = [InitAnswers.Target(subject, text)]
        case .presets: trial.presets = text.split { $0 == "," || $0 == " " }.map(String.init)
        case .startTimeout: trial.startTimeout = text
        }
        do throws(InitFaults) {
            _ = try Starter(trial)
        } catch {
            // Flags may be wrong as well; what they say is told once the questions are over.
            let flags = Self.flags(question)
            if let fault = error.faults.first(where: { flags.contains($0.flag) }) { return fault.reason }
        }
        answers = trial
        return nil
    }

    private static func flags(_ question: Question) -> [String] {
        switch question {
        case .workload, .airflowVersion, .subject: []
        case .pattern: ["--process", "--command-line"]
        case .presets: ["--preset"]
        case .startTimeout: ["--start-timeout"]
        }
    }

    private static func choice(_ names: [String]) -> String { "write one of \(list(names))" }

    private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }

    private static func trimmed(_ line: String) -> String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        return String(line.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
