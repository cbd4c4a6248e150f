import ConfigModel
import Testing

struct SampleTests {
    @Test(arguments: SampleFile.valid)
    func everySampleIsValidAsItStandsWithoutAnyVariable(sample: SampleFile) throws {
        let reading = ConfigurationReading(try sample.bytes(), environment: .empty)
        #expect(reading.render(fileName: sample.name) == "")
        #expect(reading.plan != nil)
    }

    @Test(arguments: [
        "airflow-2", "airflow-3", "cloud-sql-proxy", "consul", "dapr", "demo", "envoy", "escalation",
        "failure-notification", "gcs-fuse", "istio", "linkerd", "several-targets", "vault-agent",
    ])
    func noPromisedSampleIsMissing(name: String) {
        #expect(SampleFile.valid.contains { $0.name == name + ".yaml" })
    }

    @Test func airflow3IsWatchedThroughTheParentOnly() throws {
        let sample = try #require(SampleFile.valid.first { $0.name == "airflow-3.yaml" })
        let plan = try #require(ConfigurationReading(try sample.bytes(), environment: .empty).plan)
        let pattern = try #require(plan.rules[0].targets[0].commandLine)
        let parent =
            "/usr/python/bin/python -m airflow.sdk.execution_time.execute_workload --json-string {\"token\":\"x\"}"
        #expect(pattern.matches(Array(parent.utf8)))
        #expect(!pattern.matches(Array("airflow worker -- 0197c0de".utf8)))
    }

    @Test(arguments: [
        ("/home/airflow/.local/bin/python /home/airflow/.local/bin/airflow tasks run dag task 2024 --local", true),
        ("airflow task supervisor: ['airflow', 'tasks', 'run', 'dag']", true),
        ("/home/airflow/.local/bin/python /home/airflow/.local/bin/airflow scheduler", false),
    ])
    func airflow2IsWatchedUnderBothOfItsTitles(commandLine: String, isWatched: Bool) throws {
        let sample = try #require(SampleFile.valid.first { $0.name == "airflow-2.yaml" })
        let plan = try #require(ConfigurationReading(try sample.bytes(), environment: .empty).plan)
        let pattern = try #require(plan.rules[0].targets[0].commandLine)
        #expect(pattern.matches(Array(commandLine.utf8)) == isWatched)
    }
}
