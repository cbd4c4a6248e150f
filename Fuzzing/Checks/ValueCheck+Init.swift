import Authoring
import ConfigModel

extension ValueCheck {
    /// Flags of `knell init`, a NUL behind each: whatever they hold, there are faults or files that are valid.
    static func answers(_ text: String) throws(BrokenPromise) {
        var parts = InputParts(text.utf8)
        var answers = InitAnswers(image: "registry.example.com/knell:1")
        let workloads = WorkloadKind.allCases
        answers.workload = workloads[parts.number(below: workloads.count)]
        answers.presets = parts.text().split(separator: ",").map(String.init)
        answers.targets = [.init(parts.number(below: 2) == 0 ? .name : .commandLine, parts.text())]
        if !parts.isEmpty { answers.startTimeout = parts.text() }
        if !parts.isEmpty { answers.gracePeriod = parts.text() }
        if !parts.isEmpty { answers.name = parts.text() }
        if !parts.isEmpty { answers.namespace = parts.text() }
        let starter: Starter
        do throws(InitFaults) {
            starter = try Starter(answers)
        } catch {
            for fault in error.faults { try PrintedText.checkLine(fault.description, "a fault of a flag") }
            return
        }
        try check(starter)
    }

    /// Lines that somebody types at the questions of `knell init`.
    static func interview(_ text: String) throws(BrokenPromise) {
        var interview = Interview(InitAnswers(image: "knell"))
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard let prompt = interview.prompt else { break }
            try PrintedText.checkLine(prompt, "a question")
            switch interview.answer(String(line)) {
            case .accepted: break
            case .refused(let reason): try PrintedText.checkLine(reason, "a refusal")
            case .givenUp(let reason): return try PrintedText.checkLine(reason, "a refusal")
            }
        }
        guard interview.prompt == nil else { return }
        guard let starter = try? Starter(interview.answers) else {
            throw BrokenPromise("answers that were accepted make a configuration")
        }
        try check(starter)
    }

    private static func check(_ starter: Starter) throws(BrokenPromise) {
        let reading = ConfigurationReading(Array(starter.configuration.text.utf8), environment: .empty)
        try BrokenPromise.unless(reading.plan != nil, "what init writes is valid", starter.configuration.text)
        for file in starter.files {
            try PrintedText.check(file.text, "a file of init")
            if !file.name.hasSuffix(".py") {
                let list = DiagnosticList()
                let root = YAMLParser.parse(SourceText(Array(file.text.utf8)), into: list)
                try BrokenPromise.unless(root != nil && !list.hasErrors, "what init writes is YAML", file.text)
            }
        }
    }
}
