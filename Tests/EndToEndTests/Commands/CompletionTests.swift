import TestSupport
import Testing

/// The completion scripts, as a shell uses them.
@Suite(.timeLimit(.minutes(10)))
struct CompletionTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        for name in ["knell.yaml", "other.yml", "notes.txt"] { try directory.write("", to: name) }
    }

    /// What bash would offer for the last word of a command line.
    private func completions(_ words: [String]) throws -> [String] {
        let script = try directory.write(
            try Knell.run(["--generate-completion-script", "bash"]).output, to: "completion")
        // What readline does: the words, where the cursor is, and the function that `complete` has registered.
        let caller = """
            source "$1"; cd "$2"; shift 2
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
            function=$(complete -p knell); function=${function#*-F }
            "${function%% *}" knell "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let completion = try Knell.run(
            // Not to mistake the socket that is its input for a remote login.
            ["--norc", "-c", caller, "bash", script, directory.path] + words, program: "/bin/bash")
        #expect(completion.errors == "")
        return completion.output.split(separator: "\n").map(String.init).sorted()
    }

    @Test func offersCommandsOptionsAndValues() throws {
        #expect(try completions(["knell", "va"]) == ["validate"])
        #expect(try completions(["knell", "ma"]) == ["match"])
        #expect(try completions(["knell", "match", "--wa"]) == ["--watch"])
        #expect(try completions(["knell", "match", "--format", ""]) == ["json", "text"])
        #expect(try completions(["knell", "run", "--log-level", "e"]) == ["error"])
    }

    @Test func offersConfigurationsWhereOneIsMeant() throws {
        #expect(try completions(["knell", "run", "--config", ""]) == ["knell.yaml", "other.yml"])
        #expect(try completions(["knell", "validate", "kn"]) == ["knell.yaml"])
        #expect(try completions(["knell", "match", ""]).filter { !$0.hasPrefix("-") } == ["knell.yaml", "other.yml"])
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func theScriptsAreSound(shell: String) throws {
        let completion = try Knell.run(["--generate-completion-script", shell])
        #expect(completion.exitCode == 0)
        #expect(completion.output.contains("knell"))
        guard Programs.has(shell) else { return }
        let script = try directory.write(completion.output, to: "script.\(shell)")
        #expect(try ChildProcess(shell, ["-n", script]).wait() == 0)
    }
}
