import Testing

@testable import Supervisor

struct UserDatabaseTests {
    private static let passwd = Array(
        """
        root:x:0:0:root:/root:/bin/bash
        # a comment: with colons: 1:
        airflow:x:50000:0:First,Last:/home/airflow:/bin/bash
        broken:x
        words:x:many:0::/:/bin/sh
        negative:x:-1:0::/:/bin/sh
        airflow:x:1:1:the second does not count:/:/bin/sh
        :x:7:7::/:/bin/sh
        big:x:4294967294:1::/:/bin/sh
        last:x:12:12
        """.utf8)

    @Test(
        arguments: [
            ("root", 0), ("airflow", 50_000), ("big", 4_294_967_294), ("last", 12), ("broken", nil), ("words", nil),
            ("negative", nil), ("air", nil), ("airflow:x", nil), ("nobody", nil),
        ] as [(String, UInt32?)]) func findsTheUserOfThisVeryName(name: String, expected: UInt32?)
    {
        #expect(UserDatabase.userID(of: name, in: Self.passwd) == expected)
    }

    @Test func knowsRootWhereThereAreNoUsers() {
        #expect(UserDatabase.userID(of: "root") == 0)
        #expect(UserDatabase.userID(of: "nobody", in: []) == nil)
    }
}
