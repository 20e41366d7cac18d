import Foundation
import Gust
import GustForms
import GustWeb

extension Desk {
    /// The pages of the tickets.
    func addTickets(to app: inout Routes) {
        app.get("/", name: "home") { request in Response.redirect(to: try request.url(for: "tickets")) }
        app.get("/tickets", name: "tickets") { request async throws in
            let search = try request.decodeQuery(Search.self)
            let (tickets, hasMore) = try await store.tickets(search.words ?? "", page: search.number)
            func link(_ number: Int) throws -> String {
                try request.url(for: "tickets", query: ["words": search.words ?? "", "page": "\(number)"])
            }
            let list = TicketList(
                tickets: tickets,
                words: search.words ?? "",
                newer: search.number > 1 ? try link(search.number - 1) : nil,
                older: hasMore ? try link(search.number + 1) : nil
            )
            return try request.page("tickets", list)
        }
        app.get("/tickets/new", name: "new") { request in try request.page("new") }
        app.post("/tickets") { request async throws in
            let form = try await request.decodeForm(TicketForm.self, limits: UploadLimits(body: 20 << 20))
            var files: [(key: String, name: String, size: Int)] = []
            for file in form.files ?? [] {
                let key = UUID().uuidString
                try await file.move(to: "\(uploads)/\(key)")
                files.append((key, file.fileName ?? "file", file.size))
            }
            let draft = Ticket(title: form.title, text: form.text, urgency: form.urgency, author: try request.user)
            let ticket = try await store.add(draft, files)
            live.tell(ticket)
            try request.session.flash("Your ticket is number \(ticket.number).")
            return Response.redirect(to: try request.url(for: "ticket", ["id": ticket.number]))
        }
        app.get("/tickets/:id", name: "ticket") { (request: Request, id: Int) async throws in
            let (ticket, comments, attachments) = try await store.ticket(id)
            let page = TicketPage(ticket: ticket, comments: comments, attachments: attachments)
            return try request.page("ticket", page)
        }
        app.post("/tickets/:id/comments", name: "comments") { (request: Request, id: Int) async throws in
            let remark = try await request.decodeForm(Remark.self)
            _ = try await live.add(remark, by: request.user, to: id, in: store)
            return Response.redirect(to: try request.url(for: "ticket", ["id": id]))
        }
        app.post("/tickets/:id/(?P<state>open|closed)", name: "state") {
            (request: Request, id: Int, state: String) async throws in
            live.tell(try await store.setOpen(state == "open", id))
            return Response.redirect(to: try request.url(for: "ticket", ["id": id]))
        }
        app.get("/tickets/:id/files/:key", name: "file") { (request: Request, id: Int, key: String) async throws in
            guard let file = try await store.attachment(key, of: id) else { throw HTTPError(.notFound) }
            return try await StaticFiles(uploads).file(file.key, for: request).download(as: file.name)
        }
    }
}
