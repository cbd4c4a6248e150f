package import SupervisorCore

/// What one look through the process table found for each of several selectors, near misses included.
package struct ProcessCensus: Hashable, Sendable {
    /// One process that has to do with a selector. Texts are as the process wrote them, to be made printable.
    package struct Finding: Hashable, Sendable {
        package let process: ProcessIdentity
        package let parentPID: Int32
        /// The whole name, or the kernel's where that is not to be had.
        package let name: String
        /// The name as the kernel cut it.
        package let cutName: String
        /// The real uid; `nil` where it cannot be read.
        package let userID: UInt32?
        /// The path of the program; `nil` where it cannot be read.
        package let executable: String?
        /// The arguments, joined by one space, at most ``longestCommandLine`` bytes; a secret, perhaps.
        package let commandLine: String?
        package let standing: Standing

        /// What is kept of a command line.
        package static let longestCommandLine = 4_096

        init(_ portrait: ProcessPortrait, _ standing: Standing) {
            process = portrait.process
            parentPID = portrait.parentPID
            cutName = String(decoding: portrait.comm, as: UTF8.self)
            name = (try? portrait.knownName.get()).map { String(decoding: $0, as: UTF8.self) } ?? cutName
            userID = try? portrait.knownUserID.get()
            executable = (try? portrait.knownExecutable.get()).map { String(decoding: $0, as: UTF8.self) }
            commandLine = (try? portrait.knownCommandLine.get()).map {
                String(decoding: $0.prefix(Self.longestCommandLine), as: UTF8.self)
            }
            self.standing = standing
        }
    }

    /// A right that was missing to try a condition.
    package struct MissingRight: Hashable, Sendable {
        package let condition: SelectorVerdict.Condition
        /// The first process for which it was missing.
        package let pid: Int32
        /// For how many it was.
        package internal(set) var count = 1
    }

    /// What was found for one selector.
    package struct Result: Hashable, Sendable {
        /// By pid.
        package internal(set) var matches: [Finding] = []
        /// Near misses and those that never match, the nearest first.
        package internal(set) var nearMisses: [Finding] = []
        /// At most one for a condition.
        package internal(set) var missingRights: [MissingRight] = []

        mutating func add(_ portrait: ProcessPortrait, judgedBy examination: SelectorExamination) {
            let standing = examination.standing(of: portrait)
            switch standing {
            case .match: matches.append(Finding(portrait, standing))
            case .nearMiss, .excluded: nearMisses.append(Finding(portrait, standing))
            case .unrelated: break
            }
            guard let condition = examination.missingRight(for: portrait) else { return }
            if let index = missingRights.firstIndex(where: { $0.condition == condition }) {
                missingRights[index].count += 1
            } else {
                missingRights.append(MissingRight(condition: condition, pid: portrait.process.pid))
            }
        }
    }

    /// One for each selector, in their order.
    package internal(set) var results: [Result]
}

extension ProcessCensus.Finding {
    /// Whether one condition plainly does not hold, so that only a selector without any match makes it worth a look.
    package var isFaint: Bool {
        if case .nearMiss(let shortfalls) = standing { shortfalls.contains(where: \.isWeak) } else { false }
    }

    /// How little speaks for it; 0 for the nearest.
    var distance: Int {
        switch standing {
        case .match, .excluded: 0
        case .nearMiss(let shortfalls): shortfalls.reduce(0) { $0 + ($1.isWeak ? 2 : 1) }
        case .unrelated: .max
        }
    }
}
