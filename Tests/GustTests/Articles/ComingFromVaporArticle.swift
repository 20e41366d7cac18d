import Gust
import GustForms
import GustSessions
import GustTesting
import GustWeb
import Testing

/// The snippets of `ComingFromVapor.md`.
@Suite(.leavesNothing) struct ComingFromVaporArticle {
    actor UserStore {
        private var users: [User] = []

        func user(_ id: Int) -> User? { users.indices.contains(id) ? users[id] : nil }

        func add(_ new: NewUser) -> User {
            users.append(User(id: users.count, name: new.name))
            return users[users.count - 1]
        }
    }

    struct User: Codable, ResponseEncodable {
        let id: Int
        let name: String
    }

    struct NewUser: Decodable, Validatable {
        let name: String

        func validate(_ checks: inout ValidationChecks) {
            checks.require(!name.isEmpty, at: "name", "must not be empty")
        }
    }

    func users(in store: UserStore) throws -> Application {
        var app = Application()
        app.use(try Sessions())
        app.get("/users/:id") { (_, id: Int) async throws in
            guard let user = await store.user(id) else { throw HTTPError(.notFound) }
            return user
        }
        app.post("/users") { request async throws in
            let user = await store.add(try await request.decodeContent(NewUser.self))
            return user.with(.created)
        }
        return app
    }

    @Test func `a user is kept`() async throws {
        let client = TestClient(try users(in: UserStore()).router())
        let response = try await client.post("/users", json: ["name": "Ada"])
        #expect(response.status == .created)
        #expect(try await client.get("/users/0").decode(User.self).name == "Ada")
        #expect(try await client.get("/users/x").status == .notFound)
    }
}
