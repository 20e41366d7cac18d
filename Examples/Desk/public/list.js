// The list of tickets: tells of new tickets and of changes.
import io from "/live/socket.io.esm.js";

for (const time of document.querySelectorAll("time")) time.textContent = new Date(time.dateTime).toLocaleString();

io({ path: "/live/all" }).on("changed", ({ id, title, isOpen, author }) => {
  const news = document.querySelector("#news");
  const link = document.createElement("a");
  link.href = `/tickets/${id}`;
  link.textContent = `${title} by ${author}: ${isOpen ? "open" : "closed"}`;
  news.replaceChildren(link);
  news.hidden = false;
});
