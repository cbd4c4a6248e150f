internal import ConfigModel

/// What `knell init` writes: a configuration, its ConfigMap and the container around it.
package struct Starter: Sendable {
    /// A file of it.
    package struct File: Hashable, Sendable {
        package let name: String
        /// What it is, in a few words.
        package let purpose: String
        package let text: String
    }

    /// The configuration.
    package let configuration: File
    package let configMap: File
    /// A workload with Knell in it; for Airflow a `pod_override` in Python.
    package let container: File
    /// Whether ``container`` is Python rather than a manifest.
    package let isPodOverride: Bool

    package var files: [File] { [configuration, configMap, container] }

    /// Writes it all; the configuration is read back by the reader that reads every configuration.
    ///
    /// - Throws: ``InitFaults``, all of them, in terms of the flags.
    package init(_ answers: InitAnswers) throws(InitFaults) {
        let nameFaults = Self.nameFaults(in: answers)
        let draft = ConfigurationDraft(answers)
        let plan: Plan
        do throws(InitFaults) {
            plan = try draft.plan()
        } catch {
            throw InitFaults(faults: error.faults + nameFaults)
        }
        guard nameFaults.isEmpty else { throw InitFaults(faults: nameFaults) }
        let seconds = plan.leastGracePeriodSeconds
        let text = draft.text(leastGracePeriodSeconds: seconds)
        let manifest = ManifestDraft(
            answers: answers, needs: PodNeeds(of: answers.presets), leastGracePeriodSeconds: seconds)
        configuration = File(name: "knell.yaml", purpose: "the configuration", text: text)
        configMap = File(
            name: "knell-configmap.yaml", purpose: "the ConfigMap that holds it", text: manifest.configMap(of: text))
        if let workload = manifest.workload {
            container = File(name: "knell-container.yaml", purpose: "a workload with Knell in it", text: workload)
            isPodOverride = false
        } else {
            container = File(
                name: "knell_pod_override.py", purpose: "the pod_override of a task", text: manifest.podOverride)
            isPodOverride = true
        }
    }

    /// Everything, each file behind a line that names it.
    package var text: String {
        files.map { "# ---- \($0.name): \($0.purpose) ----\n\($0.text)" }.joined(separator: "\n")
    }

    /// What can be applied: the ConfigMap, and the workload where that is a manifest.
    package var manifest: String { isPodOverride ? configMap.text : configMap.text + "---\n" + container.text }

    // MARK: Names

    /// What is wrong with the names that only manifests hold, and with presets that are there twice.
    private static func nameFaults(in answers: InitAnswers) -> [InitFault] {
        var faults: [InitFault] = []
        if !isName(answers.name, longest: 253, and: ".") {
            faults.append(
                InitFault(
                    flag: "--name", value: answers.name,
                    reason: "write 1 to 253 of a-z, 0-9, - and ., with a letter or number at both ends"))
        }
        if let namespace = answers.namespace, !isName(namespace, longest: 63, and: "") {
            faults.append(
                InitFault(
                    flag: "--namespace", value: namespace,
                    reason: "write 1 to 63 of a-z, 0-9 and -, with a letter or number at both ends"))
        }
        let isImage = { (byte: UInt8) in
            isAlphanumeric(byte) || (65...90).contains(byte) || "._/:@-".utf8.contains(byte)
        }
        if answers.image.isEmpty || !answers.image.utf8.allSatisfy(isImage) {
            faults.append(
                InitFault(
                    flag: "--image", value: answers.image,
                    reason: "write it as a manifest does, such as registry.example.com/knell:1"))
        }
        var seen: Set<String> = []
        for preset in answers.presets where !seen.insert(preset).inserted {
            faults.append(InitFault(flag: "--preset", value: preset, reason: "it is there twice"))
        }
        return faults
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }

    private static func isName(_ text: String, longest: Int, and others: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= longest else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || others.utf8.contains($0) }
    }
}
