import Gust
import GustForms

extension Desk {
    /// The interface for programs, in JSON; errors are problem documents.
    func addInterface(to api: inout Routes) {
        api.get("/tickets") { request async throws in
            let search = try request.decodeQuery(Search.self)
            return JSON(try await store.tickets(search.words ?? "", page: search.number).tickets)
        }
        api.get("/tickets/:id") { (_, id: Int) async throws in
            let (ticket, comments, attachments) = try await store.ticket(id)
            return JSON(TicketPage(ticket: ticket, comments: comments, attachments: attachments))
        }
        api.post("/tickets") { request async throws in
            let form = try await request.decodeContent(TicketForm.self)
            let draft = Ticket(title: form.title, text: form.text, urgency: form.urgency, author: try request.user)
            let ticket = try await store.add(draft)
            live.tell(ticket)
            return JSON(ticket).with(.created)
        }
        api.post("/tickets/:id/comments") { (request: Request, id: Int) async throws in
            let remark = try await request.decodeContent(Remark.self)
            return JSON(try await live.add(remark, by: request.user, to: id, in: store)).with(.created)
        }
    }
}
