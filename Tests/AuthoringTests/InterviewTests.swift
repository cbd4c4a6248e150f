import ConfigModel
import TestSupport
import Testing

@testable import Authoring

/// The questions of `knell init`, as dialogues.
struct InterviewTests {
    /// The first word or words of each question, by the answer that it gets.
    private static func ask(_ answers: InitAnswers, _ replies: [String]) throws -> (
        prompts: [String], result: InitAnswers
    ) {
        var interview = Interview(answers)
        var prompts: [String] = []
        for reply in replies {
            prompts.append(String(try #require(interview.prompt).prefix { $0 != "?" && $0 != "," }))
            #expect(interview.answer(reply) == .accepted, "\(reply)")
        }
        #expect(interview.prompt == nil)
        return (prompts, interview.answers)
    }

    @Test func asksForEverythingWhereNothingIsSaid() throws {
        let (prompts, result) = try Self.ask(
            InitAnswers(image: "x"), ["cronjob", "name", " ^report$ ", "cloud-sql-proxy, istio", "5m"])
        #expect(
            prompts == [
                "What runs the pod", "Is the main process known by its name or by its command line", "Its name",
                "What is to stop then", "How long may it take to start",
            ])
        #expect(result.workload == .cronjob)
        #expect(result.targets == [.init(.name, "^report$")])
        #expect(result.presets == ["cloud-sql-proxy", "istio"])
        #expect(result.startTimeout == "5m")
        _ = try Starter(result)
    }

    @Test func takesTheUsualAnswersForEmptyLines() throws {
        let (_, result) = try Self.ask(InitAnswers(image: "x"), ["", "", "^main$", "", ""])
        #expect(result.workload == .job)
        #expect(result.targets == [.init(.name, "^main$")])
        #expect(result.presets == ["istio"])
        #expect(result.startTimeout == "10m")
    }

    @Test func asksForTheVersionOfAirflowInPlaceOfTheProcess() throws {
        let (prompts, result) = try Self.ask(InitAnswers(image: "x"), ["airflow", "2", "linkerd", ""])
        #expect(prompts[1] == "Which Airflow")
        #expect(result.airflowVersion == .two)
        #expect(result.targets.isEmpty)
        #expect(result.startTimeout == "15m")
    }

    @Test func keepsTheBlanksOfACommandLine() throws {
        let (_, result) = try Self.ask(
            InitAnswers(image: "x"), ["job", "command-line", " -m report ", "istio", "none"])
        #expect(result.targets == [.init(.commandLine, " -m report ")])
    }

    @Test func asksOnlyForWhatFlagsLeaveOpen() throws {
        var answers = InitAnswers(image: "x")
        answers.workload = .deployment
        answers.targets = [.init(.name, "^web$")]
        answers.startTimeout = "1m"
        let (prompts, result) = try Self.ask(answers, ["envoy"])
        #expect(prompts == ["What is to stop then"])
        #expect(Interview(result).prompt == nil)
    }

    @Test(
        arguments: [
            ([], "pod", "write one of job, cronjob, deployment, airflow"),
            (["job"], "pid", "write one of name, command-line"),
            (["airflow"], "4", "write one of 2, 3"), (["job", "name"], "", "write a regular expression"),
            (["job", "name"], "(", "\"(\" is not closed"), (["job", "name", "^a$"], "isto", "did you mean \"istio\"?"),
            (["job", "name", "^a$"], "istio istio", "it is there twice"),
            (["job", "name", "^a$", "istio"], "10", "write 10s"),
        ] as [([String], String, String)])
    func refusesAtOnceAndGivesUpAfterThreeTries(before: [String], wrong: String, reason: String) throws {
        var interview = Interview(InitAnswers(image: "x"))
        for reply in before { #expect(interview.answer(reply) == .accepted) }
        let prompt = interview.prompt
        for _ in 1..<Interview.tries {
            guard case .refused(let why) = interview.answer(wrong) else {
                Issue.record("\(wrong) is not refused")
                return
            }
            #expect(why.contains(reason), "\(why)")
            #expect(interview.prompt == prompt)
        }
        guard case .givenUp = interview.answer(wrong) else {
            Issue.record("it is asked once more")
            return
        }
    }

    @Test func countsTriesAnewForEachQuestion() {
        var interview = Interview(InitAnswers(image: "x"))
        for (wrong, right) in [("?", "job"), ("?", "name"), ("(", "^a$"), ("?", "istio")] {
            for _ in 1..<Interview.tries {
                guard case .refused = interview.answer(wrong) else {
                    Issue.record("\(wrong) is not refused")
                    return
                }
            }
            #expect(interview.answer(right) == .accepted)
        }
    }
}
