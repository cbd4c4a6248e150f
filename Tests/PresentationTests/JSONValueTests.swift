import Foundation
import Presentation
import Testing

struct JSONValueTests {
    private static let value: JSONValue = {
        var inner = JSONObject()
        inner.add("text", "a\"b\\c\n\u{1}\u{9B}é")
        inner.add("none", nil as String?)
        inner.addFlag("no", false)
        inner.addFlag("yes", true)
        var object = JSONObject()
        object.add("inner", inner)
        object.add("numbers", .array([.integer(-1), .integer(.max)]))
        object.add("objects", [inner, JSONObject()])
        object.add("nothing", .null)
        object.add("count", UInt64.max)
        return .object(object)
    }()

    @Test(arguments: [value.compact, value.pretty])
    func isReadByAnotherReader(text: String) throws {
        let read = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let inner = try #require(read["inner"] as? [String: Any])
        #expect(inner["text"] as? String == "a\"b\\c\n\u{1}\u{9B}é")
        #expect(inner["yes"] as? Bool == true)
        #expect(inner.keys.sorted() == ["text", "yes"])
        #expect(read["numbers"] as? [Int] == [-1, .max])
        #expect((read["objects"] as? [[String: Any]])?.count == 2)
        #expect(read["nothing"] is NSNull)
        #expect(read["count"] as? Int == .max)
    }

    @Test func keepsTheOrderOfItsKeysOnOneLine() {
        var object = JSONObject()
        object.add("b", 1)
        object.add("a", ["x", "y"])
        #expect(object.compact == #"{"b":1,"a":["x","y"]}"#)
    }

    @Test func laysItselfOutOverLines() {
        var object = JSONObject()
        object.add("a", ["x", "y"])
        object.add("b", [JSONObject()])
        #expect(JSONValue.object(object).pretty == "{\n  \"a\": [\"x\", \"y\"],\n  \"b\": [\n    {}\n  ]\n}")
    }
}
