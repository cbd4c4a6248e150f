package import ConfigModel

/// A rule of the engine, by a number that outlives its place in the file. A rule that a reload has changed gets another.
package struct RuleID: Hashable, Sendable, Comparable {
    package let number: Int

    package init(_ number: Int) { self.number = number }

    package static func < (left: RuleID, right: RuleID) -> Bool { left.number < right.number }
}

/// One target of a rule: the selector at `index` in its `watch.processes`.
package struct TargetID: Hashable, Sendable {
    package let rule: RuleID
    package let index: Int

    package init(rule: RuleID, index: Int) {
        self.rule = rule
        self.index = index
    }
}

/// What one scan of the process table is to look for, for one target.
package struct TargetQuery: Hashable, Sendable {
    package let target: TargetID
    package let selector: ProcessSelector

    package init(target: TargetID, selector: ProcessSelector) {
        self.target = target
        self.selector = selector
    }
}

/// A process that matched, as it was when it was seen.
package struct Sighting: Hashable, Sendable {
    package let process: ProcessIdentity
    package let parentPID: Int32
    /// The name that was matched, with bytes that are no UTF-8 replaced.
    package let name: String

    package init(process: ProcessIdentity, parentPID: Int32, name: String) {
        self.process = process
        self.parentPID = parentPID
        self.name = name
    }
}

/// What one scan found.
package struct ScanResult: Hashable, Sendable {
    /// The matches of every queried target that has any.
    package var sightings: [TargetID: [Sighting]]

    package init(sightings: [TargetID: [Sighting]] = [:]) { self.sightings = sightings }
}
