import Gust
import GustTesting
import Testing

@testable import Desk

/// The pages of the desk, in memory and over TCP; one after the other, because a hash of a password is expensive.
@Suite(.serialized) struct PageTests {
    @Test(arguments: TestDepth.allCases)
    func `a ticket with a file is on its page, and its file is a download`(depth: TestDepth) async throws {
        try await TestDesk.with(at: depth) { client in
            try await client.signUp("ada")
            let path = try await client.addTicket("The tea is <cold>", file: "tea.txt", "38 °C")
            let page = try await client.get(path)
            #expect(page.text.contains("<h1>The tea is &lt;cold&gt;</h1>"))
            #expect(page.text.contains("Your ticket is number 1."))
            let link = try #require(page.text.firstMatch(of: #/href="(\/tickets\/1\/files\/[^"]+)"/#)?.1)
            let file = try await client.get(String(link))
            #expect(file.text == "38 °C")
            #expect(file.headers[.contentDisposition] == #"attachment; filename="tea.txt""#)
            #expect(try await !client.get(path).text.contains("Your ticket is number 1."), "a message is shown once")
        }
    }

    @Test func `a visitor who hasn't signed in is led to the page for it, and back`() async throws {
        try await TestDesk.with { client in
            try await client.signUp("ada")
            let path = try await client.addTicket("Tea")
            try await client.signOut()
            let refused = try await client.get(path, headers: [.accept: "text/html"])
            #expect(refused.headers[.location] == "/signin?next=%2Ftickets%2F1")
            let form = try await client.get("/signin?next=%2Ftickets%2F1")
            #expect(form.text.contains(#"action="/signin?next=%2Ftickets%2F1""#))
            let response = try await client.post(
                "/signin?next=%2Ftickets%2F1",
                form: ["name": "ada", "password": .init(TestClient.password)]
            )
            #expect(response.headers[.location] == path)
        }
    }

    @Test func `a wrong password signs nobody in`() async throws {
        try await TestDesk.with { client in
            try await client.signUp("ada")
            try await client.signOut()
            let response = try await client.post("/signin", form: ["name": "ada", "password": "wrong horse"])
            #expect(response.headers[.location] == "/signin")
            #expect(try await client.get("/signin").text.contains("The name or the password is wrong."))
            #expect(try await client.get("/tickets").status == .unauthorized)
        }
    }

    @Test func `a form without a title is refused with what is missing`() async throws {
        try await TestDesk.with { client in
            try await client.signUp("ada")
            let response = try await client.post("/tickets", form: ["title": "", "text": "x", "urgency": "low"])
            #expect(response.status == .unprocessableContent)
            #expect(response.text.contains("<p>title: must have 1 to 200 bytes</p>"))
        }
    }

    @Test func `tickets are found by words, page by page, the newest first`() async throws {
        try await TestDesk.with { client in
            try await client.signUp("ada")
            for number in 1...21 { _ = try await client.addTicket(number == 7 ? "Coffee" : "Tea \(number)") }
            let first = try await client.get("/tickets")
            #expect(first.text.contains("Tea 21") && first.text.contains("Tea 2<"))
            #expect(!first.text.contains("Tea 1<"))
            #expect(first.text.contains(#"href="/tickets?words=&amp;page=2""#))
            #expect(try await client.get("/tickets?page=2").text.contains("Tea 1<"))
            let found = try await client.get("/tickets?words=coff")
            #expect(found.text.contains("Coffee"))
            #expect(!found.text.contains("Tea 2<"))
            #expect(try await client.get("/tickets?page=0").status == .unprocessableContent)
        }
    }

    @Test func `only administrators see the administration`() async throws {
        try await TestDesk.with { client in
            try await client.signUp("ada")
            #expect(try await client.get("/admin").text.contains("administrator"))
            try await client.signOut()
            try await client.signUp("bob")
            let refused = try await client.get("/admin")
            #expect(refused.status == .forbidden)
            #expect(refused.text.contains("this needs another role"))
            #expect(try await client.post("/admin/users/bob/admin", form: [:]).status == .forbidden)
            try await client.signOut()
            try await client.signIn("ada")
            #expect(try await client.post("/admin/users/bob/admin", form: [:]).headers[.location] == "/admin")
        }
    }
}
