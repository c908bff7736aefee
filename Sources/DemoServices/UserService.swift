import Synchronization

/// The accounts of the shop: specs/users.yaml over memory.
package final class UserService: DemoService {
    package let name = "users"
    package let port = 9101

    /// Paths, methods, counter.
    private let desk = ResourceDesk(
        collection: "users", collectionMethods: ["GET", "POST"], itemMethods: ["GET", "PUT", "PATCH", "DELETE"])

    /// The time in seconds since 1970.
    private let now: @Sendable () -> Int

    /// The accounts.
    private let store: Mutex<NumberedStore<User>>

    /// Opens the service with its seed.
    package init(now: @escaping @Sendable () -> Int) {
        self.now = now
        store = Mutex(UserSeed.store())
    }

    package var requestCount: Int { desk.requestCount }

    package func respond(to request: DemoRequest) -> DemoResponse {
        desk.answer(request) { call throws(Refusal) in
            switch (call.request.method, call.target) {
            case ("POST", .collection): try create(call)
            case ("PUT", .item(let id)): try replace(id, call)
            case ("PATCH", .item(let id)): try patch(id, call)
            case ("DELETE", .item(let id)): try delete(id)
            case (_, .item(let id)): try .json(200, store.withLock { store throws(Refusal) in try store.item(id) })
            case (_, .collection): try .json(200, Page(of: store.withLock { $0.all }, asked: call.query))
            }
        }
    }

    /// Answers `createUser`.
    private func create(_ call: ResourceCall) throws(Refusal) -> DemoResponse {
        let fields = try Self.whole(call)
        let now = now()
        let user = try store.withLock { store throws(Refusal) in
            var user = User(createdAt: now, updatedAt: now)
            try user.apply(fields)
            try Self.refuseTwin(of: user, in: store)
            return store.add(user)
        }
        return .json(201, user, location: "/users/\(user.id)")
    }

    /// Answers `replaceUser`.
    private func replace(_ id: Int, _ call: ResourceCall) throws(Refusal) -> DemoResponse {
        let fields = try Self.whole(call)
        let now = now()
        let user = try store.withLock { store throws(Refusal) in
            var user = User(id: id, createdAt: try store.item(id).createdAt, updatedAt: now)
            try user.apply(fields)
            try Self.refuseTwin(of: user, in: store)
            store.replace(id, with: user)
            return user
        }
        return .json(200, user)
    }

    /// Answers `patchUser`.
    private func patch(_ id: Int, _ call: ResourceCall) throws(Refusal) -> DemoResponse {
        let fields = try call.fields(User.names)
        guard fields.count > 0 else { throw .badRequest("The content names no property to change.") }
        let now = now()
        let user = try store.withLock { store throws(Refusal) in
            var user = try store.item(id)
            try user.apply(fields)
            try Self.refuseTwin(of: user, in: store)
            user.updatedAt = now
            store.replace(id, with: user)
            return user
        }
        return .json(200, user)
    }

    /// Answers `deleteUser`.
    private func delete(_ id: Int) throws(Refusal) -> DemoResponse {
        try store.withLock { store throws(Refusal) in try store.remove(id) }
        return DemoResponse(status: 204)
    }

    /// The body of a request that gives the whole user.
    private static func whole(_ call: ResourceCall) throws(Refusal) -> FieldReader {
        let fields = try call.fields(User.names)
        try fields.require(["username", "email", "name"])
        return fields
    }

    /// 409 when another user has the username or, letters of either case being the same, the e-mail address.
    private static func refuseTwin(of user: User, in store: NumberedStore<User>) throws(Refusal) {
        for other in store.all where other.id != user.id {
            if other.username == user.username { throw .conflict("The username \(user.username) is taken.") }
            if other.email.lowercased() == user.email.lowercased() {
                throw .conflict("The e-mail address \(user.email) is taken.")
            }
        }
    }
}
