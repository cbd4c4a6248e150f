import ConfigModel
import TestSupport
import Testing

struct CommandPlanTests {
    private static func presets(_ names: String...) -> [Preset] {
        Preset.all.filter { names.contains($0.name) }
    }

    @Test func shutsPresetsDownInOneRule() throws {
        let plan = Plan.forCommand(rulesOf: nil, shutdown: Self.presets("istio", "linkerd"))
        let rule = try #require(plan.rules.first)
        #expect(plan.rules.count == 1)
        #expect(rule.actions.map(\.label) == ["0/shutdown", "1/shutdown"])
        #expect(rule.actions.first?.deed == "POST http://127.0.0.1:15020/quitquitquit")
        #expect(plan.onTerminate == .drain)
        #expect(plan.terminationTimeout == .seconds(86_400))
    }

    @Test func hasNoRuleOfItsOwnWithoutPresets() {
        #expect(Plan.forCommand(rulesOf: nil, shutdown: []).rules.isEmpty)
    }

    @Test func keepsTheRulesOfAFileButForWhatACommandHasNoUseFor() throws {
        let file = try Plan.parsing(
            """
            version: 1
            terminationTimeout: 3s
            rules:
              - {name: shutdown, watch: {processes: [{name: a}], startTimeout: 5s}, repeat: true, gracePeriod: 2s}
            """)
        let plan = Plan.forCommand(rulesOf: file, shutdown: Self.presets("envoy"))
        #expect(plan.rules.map(\.name) == ["shutdown", "shutdown-1"])
        #expect(plan.rules[0].repeats == false)
        #expect(plan.rules[0].startTimeout == nil)
        #expect(plan.rules[0].gracePeriod == .seconds(2))
        #expect(plan.rules[0].targets == file.rules[0].targets)
        #expect(plan.terminationTimeout == .seconds(3))
    }
}
