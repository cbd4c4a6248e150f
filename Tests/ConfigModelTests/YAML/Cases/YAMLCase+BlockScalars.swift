@testable import ConfigModel

extension YAMLCase {
    /// Literal and folded text, its chomping and its indentation: YAML 1.2.2 section 8.1.
    static let blockScalars: [YAMLCase] = [
        YAMLCase("a literal keeps its lines", "a: |\n  one\n  two\n", .tree(#"{"a":"one\ntwo\n"}"#)),
        YAMLCase("a literal strips its last line end", "a: |-\n  one\n  two\n", .tree(#"{"a":"one\ntwo"}"#)),
        YAMLCase("a literal keeps all line ends behind it", "a: |+\n  one\n\n\n", .tree(#"{"a":"one\n\n\n"}"#)),
        YAMLCase("a literal clips the line ends behind it", "a: |\n  one\n\n\n", .tree(#"{"a":"one\n"}"#)),
        YAMLCase("stripping takes all line ends behind it", "a: |-\n  one\n\n\nb: x", .tree(#"{"a":"one","b":"x"}"#)),
        YAMLCase(
            "a literal keeps deeper indentation", "a: |\n  one\n    two\n  three\n",
            .tree(#"{"a":"one\n  two\nthree\n"}"#)),
        YAMLCase(
            "a literal keeps blanks at the end of a line", "a: |\n  one  \n  two\n", .tree(#"{"a":"one  \ntwo\n"}"#)),
        YAMLCase("a literal keeps an empty line", "a: |\n  one\n\n  two\n", .tree(#"{"a":"one\n\ntwo\n"}"#)),
        YAMLCase("a literal begins with an empty line", "a: |\n\n  one\n", .tree(#"{"a":"\none\n"}"#)),
        YAMLCase("a literal keeps backslash and quotes", "a: |\n  \\d \"x\" 'y'\n", .tree(#"{"a":"\\d \"x\" 'y'\n"}"#)),
        YAMLCase("a literal keeps a number sign", "a: |\n  # text\n", .tree(##"{"a":"# text\n"}"##)),
        YAMLCase("a literal keeps what looks like YAML", "a: |\n  b: [c\n  - d\n", .tree(#"{"a":"b: [c\n- d\n"}"#)),
        YAMLCase("a literal keeps tabs", "a: |\n  x\ty\t\n", .tree(#"{"a":"x\ty\t\n"}"#)),
        YAMLCase("a literal without a line end behind it", "a: |\n  one", .tree(#"{"a":"one"}"#)),
        YAMLCase("an empty literal", "a: |\nb: x\n", .tree(#"{"a":"","b":"x"}"#)),
        YAMLCase("an empty literal that keeps line ends", "a: |+\n\nb: x\n", .tree(#"{"a":"\n","b":"x"}"#)),
        YAMLCase(
            "an indentation indicator keeps leading blanks", "a: |2\n    one\n  two\n", .tree(#"{"a":"  one\ntwo\n"}"#)),
        YAMLCase("an indentation indicator before a chomping one", "a: |1-\n  one\n", .tree(#"{"a":" one"}"#)),
        YAMLCase("an indentation indicator behind a chomping one", "a: |-1\n  one\n", .tree(#"{"a":" one"}"#)),
        YAMLCase("a comment behind the header", "a: | # why\n  one\n", .tree(#"{"a":"one\n"}"#)),
        YAMLCase("a literal in a list", "- |\n  one\n- |\n  two\n", .tree(#"["one\n","two\n"]"#)),
        YAMLCase("a literal as the document", "--- |\n  one\n  two\n", .tree(#""one\ntwo\n""#)),
        YAMLCase("a folded text joins its lines", "a: >\n  one\n  two\n", .tree(#"{"a":"one two\n"}"#)),
        YAMLCase("a folded text strips its last line end", "a: >-\n  one\n  two\n", .tree(#"{"a":"one two"}"#)),
        YAMLCase("a folded text keeps all line ends behind it", "a: >+\n  one\n\n", .tree(#"{"a":"one\n\n"}"#)),
        YAMLCase(
            "an empty line in a folded text is a line end", "a: >\n  one\n\n  two\n", .tree(#"{"a":"one\ntwo\n"}"#)),
        YAMLCase(
            "two empty lines in a folded text are two line ends", "a: >\n  one\n\n\n  two\n",
            .tree(#"{"a":"one\n\ntwo\n"}"#)),
        YAMLCase(
            "deeper lines of a folded text are not joined", "a: >\n  one\n    two\n    three\n  four\n",
            .tree(#"{"a":"one\n  two\n  three\nfour\n"}"#)),
        YAMLCase(
            "empty lines around deeper ones are kept", "a: >\n  one\n\n    two\n\n  three\n",
            .tree(#"{"a":"one\n\n  two\n\nthree\n"}"#)),
        YAMLCase(
            "a folded text that begins with an empty line", "a: >\n\n  one\n  two\n", .tree(#"{"a":"\none two\n"}"#)),
        YAMLCase("line ends of Windows are line ends", "a: |\r\n  one\r\n  two\r\n", .tree(#"{"a":"one\ntwo\n"}"#)),
        YAMLCase("an indentation indicator of 0", "a: |0\n  x\n", .fault(.yamlSyntax, 1, 5)),
        YAMLCase("an unknown indicator", "a: |x\n  one\n", .fault(.yamlSyntax, 1, 5)),
        YAMLCase("two chomping indicators", "a: |+-\n  one\n", .fault(.yamlSyntax, 1, 6)),
        YAMLCase(
            "a leading line of more blanks than the first text", "a: |\n     \n  one\n", .fault(.yamlSyntax, 3, 3)),
        YAMLCase("a tab as indentation", "a: |\n\tx\n", .fault(.yamlSyntax, 2, 1)),
    ]
}
