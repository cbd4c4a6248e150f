@testable import ConfigModel

extension YAMLCase {
    /// Text without quotes: YAML 1.2.2 section 7.3.3.
    static let plainScalars: [YAMLCase] = [
        YAMLCase("a word", "a: word", .tree(#"{"a":"word"}"#)),
        YAMLCase("words with single blanks", "a: two words here", .tree(#"{"a":"two words here"}"#)),
        YAMLCase("inner blanks are kept", "a: two   words", .tree(#"{"a":"two   words"}"#)),
        YAMLCase("blanks behind the text are dropped", "a: word   \n", .tree(#"{"a":"word"}"#)),
        YAMLCase("a line end folds to a blank", "a: one\n  two\n  three\n", .tree(#"{"a":"one two three"}"#)),
        YAMLCase("an empty line folds to a line end", "a: one\n\n  two\n", .tree(#"{"a":"one\ntwo"}"#)),
        YAMLCase("two empty lines fold to two line ends", "a: one\n\n\n  two\n", .tree(#"{"a":"one\n\ntwo"}"#)),
        YAMLCase(
            "the indentation of further lines does not count", "a: one\n     two\n  three\n",
            .tree(#"{"a":"one two three"}"#)),
        YAMLCase("a colon without a blank is text", "a: b:c", .tree(#"{"a":"b:c"}"#)),
        YAMLCase("a URL is text", "a: http://h:80/x?y=1", .tree(#"{"a":"http://h:80/x?y=1"}"#)),
        YAMLCase("a number sign without a blank is text", "a: b#c", .tree(#"{"a":"b#c"}"#)),
        YAMLCase("a number sign behind a blank begins a comment", "a: b #c", .tree(#"{"a":"b"}"#)),
        YAMLCase("a dash before text is text", "a: -b", .tree(#"{"a":"-b"}"#)),
        YAMLCase("two dashes are text", "a: --", .tree(#"{"a":"--"}"#)),
        YAMLCase("a question mark before text is text", "a: ?b", .tree(#"{"a":"?b"}"#)),
        YAMLCase("a colon before text is text", "a: :b", .tree(#"{"a":":b"}"#)),
        YAMLCase("brackets within are text outside of flow style", "a: b[0]{1}", .tree(#"{"a":"b[0]{1}"}"#)),
        YAMLCase("a comma is text outside of flow style", "a: 1, 2", .tree(#"{"a":"1, 2"}"#)),
        YAMLCase("indicators within are text", "a: x!y&z*|>%@`", .tree(#"{"a":"x!y&z*|>%@`"}"#)),
        YAMLCase("quotes within are text", "a: it's \"so\"", .tree(#"{"a":"it's \"so\""}"#)),
        YAMLCase("a backslash is text", "a: \\d+\\n", .tree(#"{"a":"\\d+\\n"}"#)),
        YAMLCase("no value is null", "a:\nb:\n", .tree(#"{"a":null,"b":null}"#)),
        YAMLCase("a document that is one word", "word", .tree(#""word""#)),
        YAMLCase("a word over lines is the whole document", "one\ntwo\n", .tree(#""one two""#)),
        YAMLCase("three dots within a line are text", "a: x ... y", .tree(#"{"a":"x ... y"}"#)),
        YAMLCase("three dashes within a line are text", "a: x --- y", .tree(#"{"a":"x --- y"}"#)),
        YAMLCase("a tab between words is kept", "a: x\ty", .tree(#"{"a":"x\ty"}"#)),
        YAMLCase("a tab behind the colon parts key and value", "a:\tx", .tree(#"{"a":"x"}"#)),
        YAMLCase("a reserved sign cannot begin text", "a: `x`", .fault(.yamlSyntax, 1, 4)),
        YAMLCase("a percent sign cannot begin text", "a: %x", .fault(.yamlSyntax, 1, 4)),
        YAMLCase("colon and blank within text", "a: b: c", .fault(.yamlSyntax, 1, 5)),
    ]
}
