import DemoServices
import JSONDocuments
import Testing

/// specs/users.yaml, operation by operation.
@Suite("The users service")
struct UserServiceTests {
    private let client = DemoClient()

    @Test("the first user is always the same")
    func getUser() throws {
        let user = try client.send("GET /users/1").json
        #expect(user["username"]?.string == "ada.lindqvist")
        #expect(user["role"]?.string == "admin")
        #expect(user["address"]?["country"]?.string == "SE")
        #expect(user["createdAt"]?.string == "2024-01-08T09:15:00Z")
    }

    @Test("a user is created with the next id, defaults and a Location")
    func createUser() throws {
        let reply = try client.send(
            "POST /users", #"{"username":"grace.okafor","email":"grace@mail.example","name":"Grace Okafor"}"#)
        #expect(reply.status == 201)
        #expect(reply.header("Location") == "/users/26")
        #expect(reply.json["id"]?.int == 26)
        #expect(reply.json["role"]?.string == "customer")
        #expect(reply.json["createdAt"]?.string == "2025-06-01T12:00:00Z")
        #expect(try client.send("GET /users/26").response.body == reply.response.body)
    }

    @Test(
        "a taken username or e-mail address is a conflict",
        arguments: [
            ("POST /users", #"{"username":"ada.lindqvist","email":"new@mail.example","name":"A"}"#, "username"),
            ("POST /users", #"{"username":"newcomer","email":"ADA.lindqvist@mail.example","name":"A"}"#, "e-mail"),
            ("PATCH /users/2", #"{"username":"ada.lindqvist"}"#, "username"),
            ("PUT /users/2", #"{"username":"bruno","email":"ada.lindqvist@mail.example","name":"B"}"#, "e-mail"),
        ])
    func conflicts(_ line: String, body: String, culprit: String) throws {
        let reply = try client.send(line, body)
        #expect(reply.status == 409)
        #expect(reply.message?.contains(culprit) == true)
    }

    @Test(
        "what breaks the contract is refused by the name of the property",
        arguments: [
            (#"{"username":"new.user","name":"A"}"#, "email"),
            (#"{"username":"New","email":"a@b.example","name":"A"}"#, "username"),
            (#"{"username":"ab","email":"a@b.example","name":"A"}"#, "username"),
            (#"{"username":"new.user","email":"not an address","name":"A"}"#, "email"),
            (#"{"username":"new.user","email":"a..b@c.example","name":"A"}"#, "email"),
            (#"{"username":"new.user","email":"a@b.example","name":""}"#, "name"),
            (#"{"username":"new.user","email":"a@b.example","name":7}"#, "name"),
            (#"{"username":"new.user","email":"a@b.example","name":"A","role":"king"}"#, "role"),
            (#"{"username":"new.user","email":"a@b.example","name":"A","phone":"112"}"#, "phone"),
            (#"{"username":"new.user","email":"a@b.example","name":"A","address":{"city":"Oslo"}}"#, "street"),
            (#"{"username":"new.user","email":"a@b.example","name":"A","id":9}"#, "id"),
        ])
    func badUsers(_ body: String, culprit: String) throws {
        let reply = try client.send("POST /users", body)
        #expect(reply.status == 400)
        #expect(reply.message?.contains(culprit) == true)
        #expect(try client.send("GET /users").json["total"]?.int == 25)
    }

    @Test("PUT replaces everything and keeps id and creation")
    func replaceUser() throws {
        let reply = try client.send("PUT /users/1", #"{"username":"ada","email":"ada@mail.example","name":"Ada"}"#)
        #expect(reply.status == 200)
        #expect(reply.json["phone"] == nil)
        #expect(reply.json["role"]?.string == "customer")
        #expect(reply.json["createdAt"]?.string == "2024-01-08T09:15:00Z")
        #expect(reply.json["updatedAt"]?.string == "2025-06-01T12:00:00Z")
    }

    @Test("PATCH changes what it names; null clears the phone number")
    func patchUser() throws {
        let reply = try client.send("PATCH /users/1", #"{"phone":null,"role":"staff"}"#)
        #expect(reply.status == 200)
        #expect(reply.json["phone"] == nil)
        #expect(reply.json["role"]?.string == "staff")
        #expect(reply.json["name"]?.string == "Ada Lindqvist")
        #expect(try client.send("PATCH /users/1", "{}").status == 400)
    }

    @Test("a deleted user is gone, and the id is not given away again")
    func deleteUser() throws {
        let reply = try client.send("DELETE /users/25")
        #expect(reply.status == 204)
        #expect(reply.response.body.isEmpty)
        #expect(try client.send("GET /users/25").status == 404)
        #expect(try client.send("DELETE /users/25").status == 404)
        let next = try client.send("POST /users", #"{"username":"next","email":"n@mail.example","name":"N"}"#)
        #expect(next.json["id"]?.int == 26)
    }
}
