import Testing

@testable import ConfigModel

struct TemplateTests {
    private static let variables = ["A": "alpha", "B_2": "$(A)", "EMPTY": "", "a.b-c": "odd"]

    @Test(arguments: [
        ("", ""), ("plain", "plain"), ("$(A)", "alpha"), ("x$(A)y$(A)z", "xalphayalphaz"), ("$(EMPTY)", ""),
        ("$(a.b-c)", "odd"), ("$(B_2)", "$(A)"), ("$$(A)", "$(A)"), ("$$$(A)", "$alpha"), ("$$$$(A)", "$$(A)"),
        ("$$", "$"), ("$", "$"), ("100$", "100$"), ("$A", "$A"), ("${A}", "${A}"), ("$(A", "$(A"), ("$(", "$("),
        ("$ (A)", "$ (A)"),
        ("(A)", "(A)"), ("ä$(A)ö", "äalphaö"), ("$(A)\u{301}", "alpha\u{301}"), ("$$\u{301}(A)", "$\u{301}(A)"),
        ("$\u{301}(A)", "$\u{301}(A)"), ("$(A))", "alpha)"),
    ])
    func expandsAsAKubernetesManifestDoes(text: String, expected: String) {
        let (result, undefined) = Template.expand(text) { Self.variables[$0] }
        #expect(result == expected)
        #expect(undefined.isEmpty)
    }

    @Test(arguments: [
        ("$(X)", ["X"]), ("$(X)$(A)$(Y)$(X)", ["X", "Y"]), ("$()", [""]), ("$($(A))", ["$(A"]), ("$( A )", [" A "]),
    ])
    func namesWhatIsUndefinedOnceAndInOrder(text: String, names: [String]) {
        #expect(Template.expand(text) { Self.variables[$0] }.undefined == names)
    }
}
