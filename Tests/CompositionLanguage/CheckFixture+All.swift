/// The fixtures, one or more for each code of the table.
extension CheckFixture {
    /// Steps that most of them begin with.
    private static let order = """
        get: /pages/{id}
        steps:
          order: { call: shop.getOrder, with: { id: $inputs.id } }
        """

    /// Batches that cannot be, each with its column and what is found.
    private static let batches: [CheckFixture] = [
        (
            "{ into: id, key: $item#/userId, match: { in: /users, by: /id } }",
            "93 bad-batch getUsers has no parameter `id` (did you mean \"ids\"?) -> /spec:35:5"
        ),
        (
            "{ into: kind, key: $item#/userId, match: { in: /users, by: /id } }",
            "93 bad-batch `kind` is no array in the query or a header field, in the style form or simple -> /spec:39:11"
        ),
        (
            "{ into: ids, key: $item#/userId, size: 11, match: { in: /users, by: /id } }",
            "124 bad-batch `ids` takes at most 10, and `size` is 11 -> /spec:38:11"
        ),
        (
            "{ into: ids, key: $item#/userId, match: { in: /user, by: /id } }",
            "131 bad-batch `/user` leads to no field `user` (did you mean \"users\"?) -> /spec:40:115"
        ),
        (
            "{ into: ids, key: $item#/userId, match: { in: /users, by: /nickname } }",
            "143 bad-batch `/nickname` leads to no field `nickname` -> /spec:58:57"
        ),
        (
            "{ into: ids, key: $item#/userId, match: { in: /users/0/name, by: /id } }",
            "131 bad-batch the results are string, not an array -> /spec:58:65"
        ),
        (
            "{ into: ids, key: $item#/userId }",
            "85 bad-batch `batch` needs `match: { in: /items, by: /id }`: the array of results, and the key in each"
        ),
        (
            "{ into: ids, match: { in: /users, by: /id } }",
            "85 bad-batch `batch` needs `key`: an expression that begins with $item"
        ),
        (
            "{ into: ids, key: $item#/userId, match: { in: /users, by: /name } }",
            "103 bad-batch the key is integer, and in a result it is string: they never match -> /spec:58:65"
        ),
    ].map { batch, found in
        CheckFixture(
            text: order + """

                  users: { forEach: $steps.order.body#/lines, limit: 9, call: shop.getUsers, batch: \(batch) }
                respond: { a: { $each: $steps.order.body#/lines, $item: $steps.users.body } }
                ---
                routes:4:\(found)
                """)
    }

    /// All fixtures.
    static let all: [CheckFixture] =
        batches
        + [
            """
            get: /pages/{id}
            steps:
              order: { call: shop.getOrdr, with: { id: $inputs.id } }
            respond: { a: 1 }
            ---
            routes:3:18 unknown-operation the API `shop` has no operation `getOrdr` (did you mean "shop.getOrder"?) -> /spec:6:5
            """,
            """
            get: /pages/{id}
            steps:
              order: { call: shopp.getOrder, with: { id: $inputs.id } }
            respond: { a: 1 }
            ---
            routes:3:18 unknown-operation there is no API `shopp` (did you mean "shop"?)
            """,
            """
            get: /pages/{id}
            steps:
              user: { call: shop.getUser, with: { id: $inputs.id, kinds: short } }
            respond: { a: $steps.user.body }
            ---
            routes:3:55 unknown-parameter getUser has no parameter `kinds` (did you mean "kind"?) -> /spec:18:5
            """,
            """
            get: /pages
            steps:
              user: { call: shop.getUser, with: { kind: short } }
            respond: { a: $steps.user.body }
            ---
            routes:3:37 missing-parameter getUser needs the path parameter `id` -> /spec:21:11
            """,
            order + """

                respond: { a: $steps.order.body#/userID }
                ---
                routes:4:15 unknown-field `$steps.order.body#/userID`: the content has no field `userID` (did you mean "userId"?) -> /spec:52:9
                """,
            order + """

                respond: { a: { $from: $steps.order.body, $pick: [id, states] } }
                ---
                routes:4:55 unknown-field `$steps.order.body` has no field `states` (did you mean "state"?) -> /spec:53:9
                """,
            order + """

                respond: { a: $steps.order.body#/id/x }
                ---
                routes:4:15 unknown-field `$steps.order.body#/id/x`: `/id` is integer and has no field `x` -> /spec:51:13
                """,
            order + """

                respond: { a: $steps.order.body#/note }
                ---
                routes:4:15 maybe-absent `$steps.order.body#/note` may be absent (write `$steps.order.body#/note?` to leave it out then) -> /spec:54:9
                """,
            order + """

                  user: { call: shop.getUser, with: { id: $steps.order.body#/userId }, optional: true }
                  next: { call: shop.getUser, with: { id: $steps.user.body#/id? } }
                respond: { a: $steps.next.body }
                ---
                routes:5:43 maybe-absent $steps.user.body#/id? may be absent, and `id` is required (say `when: exists(…)`, or give the step it comes from a fallback) -> /spec:21:11
                """,
            """
            get: /pages/{id}
            steps:
              user: { call: shop.getUser, with: { id: $inputs.id } }
              order: { call: shop.getOrder, with: { id: $steps.user.body#/name } }
            respond: { a: $steps.order.body }
            ---
            routes:4:45 type-mismatch `id` is integer, and this is string -> /spec:5:18
            """,
            """
            get: /pages/{id}
            steps:
              user: { call: shop.getUser, with: { id: $inputs.id, kind: wide } }
            respond: { a: $steps.user.body }
            ---
            routes:3:61 type-mismatch `kind` never takes this value: "wide" is none of "short", "long" -> /spec:22:11
            """,
            order + """

                respond: { a: { $each: $steps.order.body#/id, $item: 1 } }
                ---
                routes:4:24 type-mismatch `$steps.order.body#/id` is integer, not an array -> /spec:51:13
                """,
            """
            get: /pages/{id}
            steps:
              gone: { call: shop.deleteOrder, with: { id: $inputs.id } }
            respond: { a: $steps.gone.body }
            ---
            routes:4:15 no-content `gone` has no body: deleteOrder answers without JSON content -> /spec:9:5
            """,
            """
            get: /pages
            steps:
              one: { call: shop.getUser, with: { id: $steps.two.body#/userId } }
              two: { call: shop.getOrder, with: { id: 7 }, dependsOn: [one] }
            respond: { a: $steps.one.body }
            ---
            routes:3:3 cycle steps wait for one another: one -> two -> one
            """,
            order + """

                  user: { call: shop.getUser, with: { id: 1 } }
                respond: { a: $steps.order.body }
                ---
                warning: routes:4:3 unused-step nothing uses what the step `user` gets
                """,
            order + """

                  user: { call: shop.getUser, with: { id: 1 } }
                respond: { $merge: [$steps.order.body, $steps.user.body] }
                ---
                routes:5:40 merge-collision `id` comes from two parts (say `$onConflict: left` or `right`, or choose fields with `$pick`)
                """,
            order + """

                  user: { call: shop.getUser, with: { id: 1 }, optional: true, onFailure: { value: { name: 3 } } }
                respond: { a: $steps.order.body, b: $steps.user.body }
                ---
                routes:4:84 bad-fallback the fallback is not what getUser answers: `/name` is integer, not string -> /spec:58:11
                """,
            order + """

                  users: { forEach: $steps.order.body#/lines, call: shop.getUser, with: { id: $item#/userId } }
                respond: { a: $steps.users.body }
                ---
                routes:4:21 unbounded-fan-out `$steps.order.body#/lines` has no `maxItems`, so `users` may make any number of calls (say `limit: 100`) -> /spec:55:16
                """,
            """
            get: /pages/{id}
            timeout: 500ms
            steps:
              order: { call: shop.getOrder, with: { id: $inputs.id }, timeout: 300ms }
              user: { call: shop.getUser, with: { id: $steps.order.body#/userId }, timeout: 300ms }
            respond: { a: $steps.user.body }
            ---
            routes:2:10 impossible-timeout the steps may take 600ms one after the other: order (300ms) -> user (300ms); the composition has 500ms
            """,
            """
            post: /pages
            inputs: { order: { in: body } }
            steps:
              order: { call: shop.createOrder, body: $inputs.order, retry: { attempts: 2 } }
            respond: { a: $steps.order.body }
            ---
            routes:4:64 unsafe-retry POST is not idempotent (RFC 9110 §9.2.2): a second attempt may act twice -> /spec:13:5
            """,
            """
            post: /pages
            inputs: { order: { in: body } }
            steps:
              one: { call: shop.createOrder, body: $inputs.order }
              two: { call: shop.createOrder, body: { userId: $steps.one.body#/userId } }
            respond: { a: $steps.one.body, b: $steps.two.body }
            ---
            routes:5:3 several-writes 2 steps change something and have no `compensate`: one, two
            """,
            """
            post: /pages
            inputs: { order: { in: body } }
            steps:
              one:
                call: shop.createOrder
                body: $inputs.order
                compensate: { call: shop.deleteOrder, with: { id: $steps.two.body#/id } }
              two: { call: shop.createOrder, body: { userId: $steps.one.body#/userId } }
            respond: { a: $steps.one.body, b: $steps.two.body }
            ---
            routes:7:55 bad-compensation `two` may not have ended when `one` is undone (use what the step itself got or needed)
            """,
            order + """

                  user: { call: shop.getUser, with: { id: 1 }, compensate: { call: shop.deleteOrder, with: { id: 1 } } }
                respond: { a: $steps.order.body, b: $steps.user.body }
                ---
                routes:4:48 bad-compensation `user` only reads: there is nothing to undo
                """,
            """
            post: /pages
            inputs: { order: { in: body } }
            steps:
              one: { call: shop.createOrder, body: $inputs.order, validate: enforced }
            respond: { a: $steps.one.body }
            ---
            routes:4:65 bad-validation `validate` is enforce, report or skip (did you mean "enforce"?)
            """,
            order + """

                  user: { call: shop.getUser, with: { id: 1 }, retry: { attempts: 1, when: [conect, 404, 503] } }
                respond: { a: $steps.order.body, b: $steps.user.body }
                ---
                routes:4:77 bad-retry a call is repeated after `connect`, `reset` or a status from 500 to 599 (did you mean "connect"?)
                routes:4:85 bad-retry a call is repeated after `connect`, `reset` or a status from 500 to 599
                """,
            order + """

                  users: { forEach: $steps.order.body#/lines, limit: 9, call: shop.getUsers, with: { ids: 1 }, batch: { into: ids, key: $item#/userId, match: { in: /users, by: /id } } }
                respond: { a: { $each: $steps.order.body#/lines, $item: $steps.users.body } }
                ---
                routes:4:86 bad-batch `ids` takes the keys of the batch, and cannot be given
                """,
            """
            get: /pages/{id}
            steps:
              bill: { call: shop.getBill, with: { id: $inputs.id } }
            respond: { a: $steps.bill.body }
            ---
            routes:3:3 unmet-security the step `bill` cannot pass on the credentials of `query` -> /spec:28:36
            """,
            """
            post: /pages/{id}
            steps:
              bill: { call: shop.deleteBill, with: { id: $inputs.id } }
            respond: { a: $steps.bill.status }
            ---
            routes:3:3 unmet-security the step `bill` cannot pass on the credentials of `certificate` -> /spec:32:20
            """,
            """
            get: /pages/{id}
            claims: { tenant: strin, level: { type: integer, of: x } }
            steps:
              user: { call: shop.getUser, with: { id: $claims.level, kind: $claims.kind } }
            respond: { a: $steps.user.body, b: $claims.whatever?, c: $claims.level#/x }
            ---
            routes:2:19 bad-claim the claim `tenant` is string, integer, number, boolean (did you mean "string"?)
            routes:2:50 unknown-key a claim has no key `of`
            routes:4:64 undeclared-claim `$claims.kind` goes into a request, and nothing says what it is (say `claims: { kind: string }`)
            routes:5:58 bad-expression `$claims.level#/x`: a pointer leads into content only
            """,
            """
            get: /pages
            claims: { tenant: string, level: integer }
            steps:
              user: { call: shop.getUser, with: { id: $claims.tenant } }
              next: { call: shop.getUser, with: { id: $claims.level? } }
            respond: { a: $steps.user.body, b: $steps.next.body }
            ---
            routes:4:43 type-mismatch `id` is integer, and this is string -> /spec:21:11
            routes:5:43 maybe-absent $claims.level? may be absent, and `id` is required (say `when: exists(…)`, or give the step it comes from a fallback) -> /spec:21:11
            """,
            """
            get: /pages/{id}
            steps:
              "my order": { call: shop.getOrder, with: { id: $inputs.id } }
            respond: { a: 1 }
            ---
            routes:3:3 bad-name `my order` is no name for a step: a letter, then letters, digits, `_` and `-`
            warning: routes:3:3 unused-step nothing uses what the step `my order` gets
            """,
        ].map { CheckFixture(text: $0) }
}
