import SupervisorCore
import Testing

struct ProcessNameTests {
    @Test(
        arguments: [
            // The arguments of an ordinary process.
            ("very-long-proce", "very-long-process-name\0-v\0", "very-long-process-name"),
            ("very-long-proce", "/opt/x/very-long-process-name\0-v\0", "very-long-process-name"),
            ("very-long-proce", "/opt/x/very-long-process-name\0", "very-long-process-name"),
            ("my long program", "/opt/my long program name\0-v\0", "my long program name"),
            ("cloud-sql-proxy", "/cloud-sql-proxy\0-x\0", "cloud-sql-proxy"),
            // A title, with and without the NULs that are left of longer arguments.
            ("airflow task su", "airflow task supervisor: ['airflow', 'run', '/x']", "airflow task supervisor:"),
            ("airflow task su", "airflow task supervisor: ['airflow']\0\0\0", "airflow task supervisor:"),
            ("airflow worker ", "airflow worker -- 0190\0\0", "airflow worker --"),
            // Nothing that belongs to the name.
            ("very-long-proce", "python\0/opt/very-long-process-name\0", nil),
            ("very-long-proce", "VERY-LONG-PROCESS-NAME\0", nil),
            ("very-long-proce", "", nil),
            ("very-long-proce", "\0\0", nil),
            ("very-long-proce", "/opt/very-long-process-name/\0", nil),
        ] as [(String, String, String?)])
    func completesACutNameFromTheArguments(comm: String, arguments: String, name: String?) {
        let completed = ProcessName.completed(Array(comm.utf8), fromArguments: Array(arguments.utf8))
        #expect(completed == name.map { Array($0.utf8) })
    }

    @Test(
        arguments: [
            ("/opt/very-long-process-name", "very-long-process-name"), ("very-long-proce", "very-long-proce"),
            ("/opt/python", nil), ("", nil), ("/opt/very-long-process-name/python", nil),
        ] as [(String, String?)])
    func completesACutNameFromTheExecutable(path: String, name: String?) {
        let completed = ProcessName.completed(Array("very-long-proce".utf8), fromExecutable: Array(path.utf8))
        #expect(completed == name.map { Array($0.utf8) })
    }
}
