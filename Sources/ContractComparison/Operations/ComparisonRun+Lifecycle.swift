import JSONDocuments

/// Deprecation, sunset and stability: of operations, of parameters, of properties.
extension ComparisonRun {
    /// What a kind of thing calls its checks.
    private struct LifecycleChecks {
        /// How messages name the thing.
        let words: String
        var becameDeprecated = ""
        /// The same where there is a sunset; nil: as without.
        var becameDeprecatedWithSunset: String?
        var reactivated = ""
        var sunsetMissing = ""
        var sunsetInvalid = ""
        /// An unreadable sunset of something that was deprecated before; nil: as above.
        var changedSunsetInvalid: String?
        var sunsetTooSmall = ""
        var changedSunsetTooSmall: String?
        var sunsetDeleted: String?
        var stabilityDecreased: String?
        var stabilityIncreased: String?
        var stabilityInvalid: String?
    }

    /// Compares the lifecycle of an operation.
    func compareLifecycle(_ old: DescribedOperation, _ new: DescribedOperation) {
        compareLifecycle(
            old.value, new.value, in: new.name,
            LifecycleChecks(
                words: "the operation", becameDeprecated: "endpoint-deprecated",
                becameDeprecatedWithSunset: "endpoint-deprecated-with-sunset", reactivated: "endpoint-reactivated",
                sunsetMissing: "api-deprecated-sunset-missing", sunsetInvalid: "api-deprecated-sunset-parse",
                changedSunsetInvalid: "api-path-sunset-parse", sunsetTooSmall: "api-sunset-date-too-small",
                changedSunsetTooSmall: "api-sunset-date-changed-too-small", sunsetDeleted: "sunset-deleted",
                stabilityDecreased: "api-stability-decreased", stabilityIncreased: "api-stability-increased",
                stabilityInvalid: "api-invalid-stability-level"))
    }

    /// Compares the lifecycle of a parameter of an operation.
    func compareLifecycle(
        _ old: DescribedOperation.Parameter, _ new: DescribedOperation.Parameter, of operation: DescribedOperation
    ) {
        // How stable a parameter is its operation says.
        compareLifecycle(
            old.value, new.value, in: operation.name, stabilityOf: operation.value,
            LifecycleChecks(
                words: "the \(new.location) parameter `\(new.name)`", becameDeprecated: "request-parameter-deprecated",
                reactivated: "request-parameter-reactivated",
                sunsetMissing: "request-parameter-deprecated-sunset-missing",
                sunsetInvalid: "request-parameter-sunset-parse",
                sunsetTooSmall: "request-parameter-sunset-date-too-small",
                changedSunsetTooSmall: "request-parameter-sunset-date-changed-too-small",
                sunsetDeleted: "request-parameter-sunset-deleted"))
    }

    /// Compares the lifecycle of a property.
    func compareLifecycle(_ old: JSONValue, _ new: JSONValue, _ scope: SchemaScope) {
        let direction: String
        switch scope.subject {
        case .request: direction = "request"
        case .response: direction = "response"
        default: return
        }
        let (before, after) = (SchemaView(old, in: base), SchemaView(new, in: revision))
        compareLifecycle(
            before.conjuncts.first { $0["deprecated"] != nil } ?? before.conjuncts.last ?? old,
            after.conjuncts.first { $0["deprecated"] != nil } ?? after.conjuncts.last ?? new, in: scope.operation,
            LifecycleChecks(
                words: scope.words, becameDeprecated: "\(direction)-property-deprecated",
                becameDeprecatedWithSunset: "\(direction)-property-deprecated-with-sunset",
                reactivated: "\(direction)-property-reactivated",
                sunsetMissing: "\(direction)-property-deprecated-sunset-missing",
                sunsetInvalid: "\(direction)-property-deprecated-sunset-invalid",
                sunsetTooSmall: "\(direction)-property-sunset-date-too-small",
                stabilityDecreased: "\(direction)-property-stability-decreased",
                stabilityIncreased: "\(direction)-property-stability-increased"))
    }

    /// Compares two lifecycles.
    private func compareLifecycle(
        _ old: JSONValue, _ new: JSONValue, in operation: String?, stabilityOf owner: JSONValue? = nil,
        _ checks: LifecycleChecks
    ) {
        let (before, after) = (Lifecycle(old), Lifecycle(new))
        guard compareStability(before, after, old, new, operation, checks) else { return }
        switch (before.isDeprecated, after.isDeprecated) {
        case (false, true):
            reportDeprecation(after, old, new, operation, checks, owner.map { Lifecycle($0) } ?? after)
        case (true, false):
            report(
                checks.reactivated, "\(checks.words) is not deprecated any more", at: new,
                before: old["deprecated"] ?? old,
                in: operation)
        case (true, true):
            compareSunsets(before, after, old, new, operation, checks, owner.map { Lifecycle($0) } ?? after)
        case (false, false): break
        }
    }

    /// Compares how stable something is.
    ///
    /// - Returns: Whether the levels could be read.
    private func compareStability(
        _ before: Lifecycle, _ after: Lifecycle, _ old: JSONValue, _ new: JSONValue, _ operation: String?,
        _ checks: LifecycleChecks
    ) -> Bool {
        let invalid: JSONValue? =
            if case .invalid(let text) = after.stability { text } else if case .invalid(let text) = before.stability {
                text
            } else { nil }
        if let invalid, let check = checks.stabilityInvalid {
            report(
                check,
                "`x-stability-level` of \(checks.words) is \(Self.told(invalid)), and not draft, alpha, beta or stable",
                at: new["x-stability-level"] ?? new, before: old["x-stability-level"], in: operation)
            return false
        }
        guard let one = before.level, let other = after.level, one != other else { return true }
        let change = "\(checks.words) was \(one) and is \(other)"
        if other < one, let check = checks.stabilityDecreased {
            report(check, change, at: new["x-stability-level"] ?? new, before: old["x-stability-level"], in: operation)
        } else if one < other, let check = checks.stabilityIncreased {
            report(check, change, at: new["x-stability-level"] ?? new, before: old["x-stability-level"], in: operation)
        }
        return true
    }

    /// Reports that something became deprecated.
    private func reportDeprecation(
        _ after: Lifecycle, _ old: JSONValue, _ new: JSONValue, _ operation: String?, _ checks: LifecycleChecks,
        _ owner: Lifecycle
    ) {
        let place = new["deprecated"] ?? new
        switch after.sunset {
        case .absent:
            let isMissing = policy.requiresSunset && !after.isUnstable && !owner.isUnstable
            let message =
                isMissing ? "\(checks.words) became deprecated without `x-sunset`" : "\(checks.words) became deprecated"
            report(
                isMissing ? checks.sunsetMissing : checks.becameDeprecated, message, at: place, before: old,
                in: operation)
        case .invalid(let text):
            report(
                checks.sunsetInvalid, "`x-sunset` of \(checks.words) is no date (RFC 3339): \(Self.told(text))",
                at: text,
                before: old, in: operation)
        case .value(let date, let text):
            let least = policy.today.advanced(byDays: owner.notice(policy))
            guard date < least else {
                report(
                    checks.becameDeprecatedWithSunset ?? checks.becameDeprecated,
                    "\(checks.words) became deprecated and goes on \(date)", at: place, before: old, in: operation)
                return
            }
            report(
                checks.sunsetTooSmall, "\(checks.words) goes on \(date): clients must have time until \(least)",
                at: text,
                before: old, in: operation)
        }
    }

    /// Compares the sunsets of something that stays deprecated.
    private func compareSunsets(
        _ before: Lifecycle, _ after: Lifecycle, _ old: JSONValue, _ new: JSONValue, _ operation: String?,
        _ checks: LifecycleChecks, _ owner: Lifecycle
    ) {
        switch (before.sunset, after.sunset) {
        case (_, .invalid(let text)), (.invalid(let text), .value):
            guard let check = checks.changedSunsetInvalid ?? checks.sunsetDeleted.map({ _ in checks.sunsetInvalid })
            else {
                return report(
                    checks.sunsetInvalid, "`x-sunset` of \(checks.words) is no date: \(Self.told(text))",
                    at: new["x-sunset"] ?? new, before: old["x-sunset"], in: operation)
            }
            report(
                check, "`x-sunset` of \(checks.words) is no date (RFC 3339): \(Self.told(text))",
                at: new["x-sunset"] ?? new,
                before: old["x-sunset"], in: operation)
        case (.value(let date, let place), .absent):
            guard let check = checks.sunsetDeleted else { return }
            report(
                check, "\(checks.words) has no `x-sunset` any more, it was \(date)", at: new["deprecated"] ?? new,
                before: place, in: operation)
        case (.value(let one, let was), .value(let other, let place)):
            let least = policy.today.advanced(byDays: owner.notice(policy))
            guard other < one, other < least, let check = checks.changedSunsetTooSmall else { return }
            report(
                check,
                "the sunset of \(checks.words) came forward from \(one) to \(other): clients must have time until \(least)",
                at: place, before: was, in: operation)
        default: break
        }
    }
}
