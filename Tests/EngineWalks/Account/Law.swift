/// What must hold in every walk.
package enum Law: String, Hashable, Sendable, CaseIterable {
    case possible = "the shell can do what the engine asks for"
    case namedWait = "a rule that is not finished waits for something that has a name"
    case wakeUp = "there is a wake-up when time decides something, and none for nothing"
    case looking = "the process table is read when that can decide something, for all that is looked for, and else not"
    case watching = "every process that was found is watched until it ends, and counts as what it was"
    case state = "a rule moves on when, and only when, what it waits for has come"
    case firing = "a rule fires when, and only when, its time has come, with the outcome of its targets"
    case once = "no rule fires twice, and no action is done twice"
    case order = "the actions come in the order of the file, those that are due, with the attempts that are due"
    case nothingLost = "no action, failure or process is lost"
    case exitCode = "the exit code is the one of the documentation"
    case verdict = "the verdict says what was done and what was not"
    case told = "the log tells what has happened"
    case endless = "a walk comes to its end"
    case soundWalk = "the walk itself is sound"
}

/// A law that was broken, and how.
package struct Breach: Error, Hashable, Sendable, CustomStringConvertible {
    package let law: Law
    package let reason: String

    init(_ law: Law, _ reason: String) {
        self.law = law
        self.reason = reason
    }

    package var description: String { "\(law.rawValue): \(reason)" }
}
